package dev.aidb.index.lucene;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** A query vector against the accepted vectors of all segments; for one thread. */
final class DenseScan {
  private final float[] query;
  private final List<DenseSegment> segments;

  DenseScan(float[] query, List<DenseSegment> segments) {
    this.query = query;
    this.segments = segments;
  }

  long acceptedCount() {
    long count = 0;
    for (DenseSegment segment : segments) {
      count += segment.acceptedCount();
    }
    return count;
  }

  /** Offers every match under its document; returns how many there are. */
  long exact(double minScore, TopScores top) throws IOException {
    long matches = 0;
    for (DenseSegment segment : segments) {
      matches += segment.scan(query, minScore, top);
    }
    return matches;
  }

  /** The exact ranking of documents as far as that, and as far as its last score goes. */
  long[] exact(int wanted) throws IOException {
    TopScores top = TopScores.withTies(wanted);
    exact(0, top);
    return top.best();
  }

  /**
   * The vectors of the highest estimated cosines, as keys of their slots, best first. What a
   * smaller number gives is the beginning of what a greater one gives.
   */
  long[] candidates(int wanted) throws IOException {
    return estimated(wanted).best();
  }

  /** The same in no order, for who rescores all of them. */
  long[] anyOrderCandidates(int wanted) throws IOException {
    return estimated(wanted).unordered();
  }

  private TopScores estimated(int wanted) throws IOException {
    float[] rotated = Rotation.of(query.length).rotate(query);
    TopScores top = TopScores.strict(wanted);
    for (DenseSegment segment : segments) {
      segment.estimate(query, rotated, top);
    }
    return top;
  }

  /** The ranking of candidates by their true cosines, as keys of their documents, best first. */
  long[] rescored(long[] candidates) throws IOException {
    int[] slots = new int[candidates.length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = TopScores.slot(candidates[i]);
    }
    // In the order they lie in memory.
    Arrays.sort(slots);
    long[] ranking = new long[slots.length];
    int at = 0;
    for (DenseSegment segment : segments) {
      int end = segment.firstSlot() + segment.vectors().size();
      for (; at < slots.length && slots[at] < end; at++) {
        int ordinal = slots[at] - segment.firstSlot();
        float cosine = segment.vectors().cosine(ordinal, query);
        int document = segment.base() + segment.vectors().document(ordinal);
        ranking[at] = TopScores.key(cosine, document);
      }
    }
    TopScores.sort(ranking);
    return ranking;
  }
}
