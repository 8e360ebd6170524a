package dev.aidb.embedding;

/** Cuts a text into a model's tokens. Thread-safe. */
public interface Tokenizer {
  /**
   * Every token of the text with its place in it; special tokens are not among them. Never
   * truncates.
   */
  Tokens tokenize(String text);

  /**
   * Parallel arrays, one entry per token.
   *
   * @param ids numbers in the vocabulary
   * @param starts where each token's characters begin in the text, in UTF-16 units
   * @param ends where they end, exclusive
   */
  record Tokens(int[] ids, int[] starts, int[] ends) {
    public int count() {
      return ids.length;
    }
  }
}
