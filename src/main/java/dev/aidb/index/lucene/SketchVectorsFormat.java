package dev.aidb.index.lucene;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.util.IOUtils;

/**
 * Flat float32 vectors of 1 to 4,096 dimensions, as Lucene writes them, beside {@link Sketches} of
 * them in a file of our own: header, then for each field with at least {@link #SKETCHED_FROM}
 * vectors its number and its sketches, then {@link #NO_MORE_FIELDS} and a footer with a checksum.
 */
final class SketchVectorsFormat extends KnnVectorsFormat {
  static final String NAME = "AidbSketch1";
  static final int VERSION = 1;
  static final int DIMENSIONS_MAX = 4_096;

  /** Fewer vectors are scanned exactly in less time than a sketch would save. */
  static final int SKETCHED_FROM = 256;

  static final int NO_MORE_FIELDS = -1;
  private static final String EXTENSION = "vsk";

  private final FlatVectorsFormat flat =
      new Lucene99FlatVectorsFormat(FlatVectorScorerUtil.getLucene99FlatVectorsScorer());

  SketchVectorsFormat() {
    super(NAME);
  }

  static String fileName(SegmentWriteState state) {
    return IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, EXTENSION);
  }

  static String fileName(SegmentReadState state) {
    return IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, EXTENSION);
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    FlatVectorsWriter vectors = flat.fieldsWriter(state);
    try {
      return new SketchVectorsWriter(state, vectors);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(vectors);
      throw e;
    }
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    FlatVectorsReader vectors = flat.fieldsReader(state);
    try {
      return new SketchVectorsReader(state, vectors);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(vectors);
      throw e;
    }
  }

  @Override
  public int getMaxDimensions(String field) {
    return DIMENSIONS_MAX;
  }
}
