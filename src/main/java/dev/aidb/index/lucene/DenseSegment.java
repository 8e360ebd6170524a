package dev.aidb.index.lucene;

import java.io.IOException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * A segment's part in one dense query.
 *
 * @param base the number of its first document within the whole reader
 * @param firstSlot the number of its first vector among those of all segments
 * @param vectors its vectors
 * @param sketches their sketches; null where there are too few of them
 * @param accepted the ordinals that may match; null for all
 */
record DenseSegment(
    int base,
    int firstSlot,
    FlatVectors vectors,
    @Nullable Sketches sketches,
    @Nullable FixedBitSet accepted) {

  /** Blocks estimated at a time; a chunk's estimates stay in the first-level cache. */
  private static final int CHUNK = 128;

  int acceptedCount() {
    return accepted == null ? vectors.size() : accepted.cardinality();
  }

  /** Offers every match under its document; returns how many there are. */
  long scan(float[] query, double minScore, TopScores top) throws IOException {
    long matches = 0;
    for (int i = next(0); i < vectors.size(); i = next(i + 1)) {
      float cosine = vectors.cosine(i, query);
      if (Math.max(0, cosine) >= minScore) {
        matches++;
        if (cosine >= top.floor()) {
          top.offer(cosine, base + vectors.document(i));
        }
      }
    }
    return matches;
  }

  /**
   * Offers what may match under its slot, by estimated cosine, or by the true one where there are
   * no sketches.
   *
   * @param rotated the query as {@link Rotation} turns it
   */
  void estimate(float[] query, float[] rotated, TopScores top) throws IOException {
    if (sketches == null) {
      for (int i = next(0); i < vectors.size(); i = next(i + 1)) {
        top.offer(vectors.cosine(i, query), firstSlot + i);
      }
      return;
    }
    Sketches.Query sketched = sketches.query(rotated);
    int[] blocks = new int[CHUNK];
    long[] dots = new long[CHUNK * Sketches.BLOCK];
    float[] estimates = new float[CHUNK * Sketches.BLOCK];
    int block = 0;
    while (block < sketches.blocks()) {
      int count = 0;
      for (; count < CHUNK && block < sketches.blocks(); block++) {
        blocks[count] = block;
        count += hasAccepted(block) ? 1 : 0;
      }
      sketches.estimate(Kernels.BEST, sketched, blocks, count, dots, estimates);
      for (int i = 0; i < count; i++) {
        offer(blocks[i] * Sketches.BLOCK, estimates, i * Sketches.BLOCK, top);
      }
    }
  }

  /** Eight bits of a set of ordinals never straddle two of its words. */
  private boolean hasAccepted(int block) {
    return accepted == null
        || (accepted.getBits()[block / Sketches.BLOCK] >>> (block % Sketches.BLOCK * 8) & 0xFF)
            != 0;
  }

  private void offer(int ordinal, float[] estimates, int from, TopScores top) {
    float floor = top.floor();
    for (int lane = 0; lane < Sketches.BLOCK; lane++) {
      float estimate = estimates[from + lane];
      if (estimate > floor && (accepted == null || accepted.get(ordinal + lane))) {
        top.offer(estimate, firstSlot + ordinal + lane);
        floor = top.floor();
      }
    }
  }

  private int next(int ordinal) {
    if (accepted == null || ordinal >= vectors.size()) {
      return ordinal;
    }
    int next = accepted.nextSetBit(ordinal);
    return next == DocIdSetIterator.NO_MORE_DOCS ? vectors.size() : next;
  }
}
