package dev.aidb.index.lucene;

import dev.aidb.index.ArmPage.Hit;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;

/** Reads the ids and versions of documents, as few of them as an order needs. */
final class HitReader {
  private final List<LeafReaderContext> leaves;

  HitReader(IndexReader reader) {
    this.leaves = reader.leaves();
  }

  /** As their texts compare: unlike {@link UUID#compareTo}, the halves are unsigned. */
  static int compareAsText(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  /**
   * A slice of a ranking, equal scores by id.
   *
   * @param ranking keys of {@link TopScores} whose slots are documents of the whole reader, best
   *     first; every document whose score equals that of the slice's last one must be there, unless
   *     they are in order already
   */
  List<Hit> slice(long[] ranking, int from, int to) throws IOException {
    int end = Math.min(to, ranking.length);
    if (from >= end) {
      return List.of();
    }
    return List.of(read(orderedRange(ranking, from, end)));
  }

  /** The first so many keys of a ranking, equal scores by id. */
  long[] ordered(long[] ranking, int count) throws IOException {
    return orderedRange(ranking, 0, Math.min(count, ranking.length));
  }

  private long[] orderedRange(long[] ranking, int from, int to) throws IOException {
    long[] range = Arrays.copyOfRange(ranking, from, to);
    int at = from;
    while (at < to) {
      int first = at;
      while (first > 0 && sameScore(ranking[first - 1], ranking[at])) {
        first--;
      }
      int last = at + 1;
      while (last < ranking.length && sameScore(ranking[last], ranking[at])) {
        last++;
      }
      if (last - first > 1) {
        long[] ties = byId(Arrays.copyOfRange(ranking, first, last));
        int end = Math.min(last, to);
        System.arraycopy(ties, at - first, range, at - from, end - at);
      }
      at = last;
    }
    return range;
  }

  private long[] byId(long[] ties) throws IOException {
    Hit[] hits = read(ties);
    Integer[] order = new Integer[ties.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(i -> hits[i].id(), HitReader::compareAsText));
    return Arrays.stream(order).mapToLong(i -> ties[i]).toArray();
  }

  private static boolean sameScore(long a, long b) {
    return a >> 32 == b >> 32;
  }

  /** The hits of keys, in their order. Doc values go forward only, hence by document. */
  private Hit[] read(long[] keys) throws IOException {
    long[] byDocument = new long[keys.length];
    for (int i = 0; i < keys.length; i++) {
      byDocument[i] = (long) TopScores.slot(keys[i]) << 32 | i;
    }
    Arrays.sort(byDocument);
    Hit[] hits = new Hit[keys.length];
    Segment segment = null;
    for (long next : byDocument) {
      int document = (int) (next >>> 32);
      if (segment == null || document >= segment.end()) {
        segment = Segment.of(leaves.get(ReaderUtil.subIndex(document, leaves)));
      }
      hits[(int) next] = segment.hit(document, TopScores.score(keys[(int) next]));
    }
    return hits;
  }

  /** The doc values of one segment's documents, read in ascending order. */
  record Segment(
      int base, int end, NumericDocValues high, NumericDocValues low, NumericDocValues version) {
    static Segment of(LeafReaderContext leaf) throws IOException {
      LeafReader reader = leaf.reader();
      return new Segment(
          leaf.docBase,
          leaf.docBase + reader.maxDoc(),
          reader.getNumericDocValues(RecordDocument.ID_HIGH),
          reader.getNumericDocValues(RecordDocument.ID_LOW),
          reader.getNumericDocValues(RecordDocument.VERSION));
    }

    Hit hit(int document, double score) throws IOException {
      return new Hit(id(document), version(document), score);
    }

    UUID id(int document) throws IOException {
      return new UUID(value(high, document), value(low, document));
    }

    long version(int document) throws IOException {
      return value(version, document);
    }

    private long value(NumericDocValues values, int document) throws IOException {
      int local = document - base;
      if (!values.advanceExact(local)) {
        throw new IOException("a document has no identity");
      }
      return values.longValue();
    }
  }
}
