package dev.aidb.index.lucene;

import dev.aidb.index.ArmPage;
import dev.aidb.index.DenseQuery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Records by the cosine of their vectors and a query's.
 *
 * <p>A query has one sequence, whatever page of it is asked for. Its head is the best of the few
 * hundred candidates that sketches choose, rescored; its middle the best of a few thousand, less
 * the head; its tail everything else, from an exact scan. So a page costs no more than the part of
 * the sequence it reaches, and pages never repeat or skip. Where few records are accepted, or so
 * many have one score that sketches can't choose among them, or a least score makes every record
 * count, the whole sequence is exact.
 */
final class DenseArm {
  private final FilterCache filters;
  private final LuceneSettings settings;

  DenseArm(FilterCache filters, LuceneSettings settings) {
    this.filters = filters;
    this.settings = settings;
  }

  ArmPage search(DirectoryReader reader, DenseQuery query) throws IOException {
    float[] vector = Vectors.unit(query.vector());
    DenseScan scan = new DenseScan(vector, segments(reader, query));
    HitReader hits = new HitReader(reader);
    int from = query.offset();
    int to = (int) Math.min(Integer.MAX_VALUE, (long) query.offset() + query.limit());
    if (query.minScore() > 0) {
      TopScores top = TopScores.withTies(to);
      long total = scan.exact(query.minScore(), top);
      return new ArmPage(hits.slice(top.best(), from, to), total);
    }
    long total = scan.acceptedCount();
    if (from >= total) {
      return new ArmPage(List.of(), total);
    }
    long[] sequence =
        query.depth() > 0
            ? sample(scan, total, query.depth())
            : new DenseSequence(scan, hits, settings, total).until(to);
    return new ArmPage(hits.slice(sequence, from, to), total);
  }

  /** The first matches at once, from a sample twice as large. */
  private long[] sample(DenseScan scan, long total, int depth) throws IOException {
    int candidates = Math.max(settings.rescoredDeep(), 2 * depth);
    if (total > Math.max(candidates, settings.exactBelow())) {
      long[] ranking = scan.rescored(scan.anyOrderCandidates(candidates));
      if (!DenseSequence.undecided(ranking, depth)) {
        return ranking;
      }
    }
    return scan.exact(depth);
  }

  private List<DenseSegment> segments(DirectoryReader reader, DenseQuery query) throws IOException {
    String field = RecordDocument.vectorField(query.collection(), query.vector().length);
    List<DenseSegment> segments = new ArrayList<>();
    int slot = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      LeafReader segment = leaf.reader();
      if (segment.getFieldInfos().fieldInfo(field) != null) {
        SketchVectorsReader source = source(segment);
        FlatVectors vectors = source.vectors(field);
        FixedBitSet accepted =
            and(
                filters.live(segment, field, vectors),
                filters.ordinals(segment, field, vectors, query.filter()));
        segments.add(
            new DenseSegment(leaf.docBase, slot, vectors, source.sketches(field), accepted));
        slot += vectors.size();
      }
    }
    return segments;
  }

  static SketchVectorsReader source(LeafReader segment) {
    if (FilterLeafReader.unwrap(segment) instanceof CodecReader codec
        && codec.getVectorReader() instanceof SketchVectorsReader reader) {
      return reader;
    }
    throw new IllegalStateException("a segment was written by another codec");
  }

  private static @Nullable FixedBitSet and(@Nullable FixedBitSet a, @Nullable FixedBitSet b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    FixedBitSet both = a.clone();
    both.and(b);
    return both;
  }
}
