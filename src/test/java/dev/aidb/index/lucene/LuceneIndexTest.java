package dev.aidb.index.lucene;

import dev.aidb.index.VectorIndex;
import dev.aidb.index.VectorIndexContract;
import java.nio.file.Path;

/** The embedded index under the contract every index keeps. */
class LuceneIndexTest extends VectorIndexContract {
  @Override
  protected VectorIndex open(Path directory) {
    return LuceneIndex.open(directory);
  }
}
