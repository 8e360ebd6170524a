package dev.aidb.index.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;

/**
 * Writes a segment's vectors as Lucene's flat format does, and a file of sketches beside them for
 * each field that has enough of them.
 */
final class SketchVectorsWriter extends KnnVectorsWriter {
  private record Flushed(FieldInfo field, FlatFieldVectorsWriter<?> vectors) {}

  private final FlatVectorsWriter flat;
  private final IndexOutput sketches;
  private final List<Flushed> fields = new ArrayList<>();

  SketchVectorsWriter(SegmentWriteState state, FlatVectorsWriter flat) throws IOException {
    this.flat = flat;
    this.sketches =
        state.directory.createOutput(SketchVectorsFormat.fileName(state), state.context);
    try {
      CodecUtil.writeIndexHeader(
          sketches,
          SketchVectorsFormat.NAME,
          SketchVectorsFormat.VERSION,
          state.segmentInfo.getId(),
          state.segmentSuffix);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(sketches);
      throw e;
    }
  }

  @Override
  public KnnFieldVectorsWriter<?> addField(FieldInfo field) throws IOException {
    if (field.getVectorEncoding() != VectorEncoding.FLOAT32) {
      throw new IllegalArgumentException("only float vectors have sketches");
    }
    FlatFieldVectorsWriter<?> vectors = flat.addField(field);
    fields.add(new Flushed(field, vectors));
    return vectors;
  }

  @Override
  public void flush(int maxDoc, Sorter.DocMap sorted) throws IOException {
    if (sorted != null) {
      throw new UnsupportedOperationException("a sorted index is not supported");
    }
    flat.flush(maxDoc, null);
    for (Flushed each : fields) {
      List<?> vectors = each.vectors.getVectors();
      write(
          each.field,
          vectors.size(),
          sink -> {
            for (Object vector : vectors) {
              sink.accept((float[]) vector);
            }
          });
    }
  }

  @Override
  public IORunnable mergeOneField(FieldInfo field, MergeState state) throws IOException {
    IORunnable rest = flat.mergeOneField(field, state);
    int count = 0;
    DocIndexIterator counted = MergedVectorValues.mergeFloatVectorValues(field, state).iterator();
    while (counted.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
      count++;
    }
    write(
        field,
        count,
        sink -> {
          FloatVectorValues merged = MergedVectorValues.mergeFloatVectorValues(field, state);
          DocIndexIterator each = merged.iterator();
          while (each.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
            sink.accept(merged.vectorValue(each.index()));
          }
        });
    return rest;
  }

  private void write(FieldInfo field, int count, Sketches.Source vectors) throws IOException {
    if (count >= SketchVectorsFormat.SKETCHED_FROM) {
      sketches.writeInt(field.number);
      Sketches.of(field.getVectorDimension(), vectors).write(sketches);
    }
  }

  @Override
  public void finish() throws IOException {
    flat.finish();
    sketches.writeInt(SketchVectorsFormat.NO_MORE_FIELDS);
    CodecUtil.writeFooter(sketches);
  }

  @Override
  public long ramBytesUsed() {
    return flat.ramBytesUsed();
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(flat, sketches);
  }
}
