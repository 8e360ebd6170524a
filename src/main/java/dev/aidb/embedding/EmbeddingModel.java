package dev.aidb.embedding;

import java.util.List;

/** A model that turns texts into vectors. Implementations are thread-safe. */
public interface EmbeddingModel extends AutoCloseable {
  /**
   * The name that a collection records, such as {@code all-MiniLM-L6-v2-int8}; vectors of two names
   * never mix.
   */
  String name();

  int dimension();

  /** The most tokens of one text that count, special tokens included. */
  int maxTokens();

  /**
   * Vectors of the texts, in order. Blocks; throws {@code UNAVAILABLE} when the model can't be
   * reached.
   */
  List<Embedding> embed(List<String> texts);

  @Override
  void close();

  /**
   * Whether {@link #embed} only computes and soon ends, so that a query may be embedded on its
   * caller's thread. A model that waits for others is not called there, for a caller must be able
   * to leave at its deadline.
   */
  default boolean computesOnly() {
    return false;
  }
}
