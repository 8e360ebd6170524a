package dev.aidb.chunking;

import dev.aidb.embedding.MiniLmModel;
import dev.aidb.embedding.Tokenizer;

/** All of {@link ChunkerTest} with the tokenizer that the bundled model's chunks are cut by. */
class ChunkerOfTheModelTest extends ChunkerTest {
  private static final Tokenizer TOKENIZER = MiniLmModel.bundledTokenizer();

  @Override
  Tokenizer tokenizer() {
    return TOKENIZER;
  }
}
