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
}
