package dev.aidb.tokens;

/** Says how many tokens a text has. */
@FunctionalInterface
public interface TokenCounter {
  /** The number of tokens of the whole text; 0 for an empty one. */
  int count(String text);

  /** Counts with o200k_base; the vocabulary is loaded by the first count. */
  static TokenCounter o200k() {
    return Tokens::count;
  }
}
