package dev.aidb.index.lucene;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.FileTypeHint;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** Reads a segment's vectors and sketches. */
final class SketchVectorsReader extends KnnVectorsReader {
  private final FlatVectorsReader flat;
  private final IndexInput file;
  private final Map<String, LazySketches> sketches;

  SketchVectorsReader(SegmentReadState state, FlatVectorsReader flat) throws IOException {
    this.flat = flat;
    this.file =
        state.directory.openInput(
            SketchVectorsFormat.fileName(state),
            state.context.withHints(FileTypeHint.DATA, DataAccessHint.SEQUENTIAL));
    try {
      CodecUtil.retrieveChecksum(file);
      file.seek(0);
      CodecUtil.checkIndexHeader(
          file,
          SketchVectorsFormat.NAME,
          SketchVectorsFormat.VERSION,
          SketchVectorsFormat.VERSION,
          state.segmentInfo.getId(),
          state.segmentSuffix);
      this.sketches = directory(state.fieldInfos);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(file);
      throw e;
    }
  }

  private Map<String, LazySketches> directory(FieldInfos fields) throws IOException {
    Map<String, LazySketches> found = new HashMap<>();
    long end = file.length() - CodecUtil.footerLength();
    for (int number = file.readInt();
        number != SketchVectorsFormat.NO_MORE_FIELDS;
        number = file.readInt()) {
      FieldInfo field = fields.fieldInfo(number);
      if (field == null || !field.hasVectorValues()) {
        throw new CorruptIndexException("sketches of a field without vectors", file);
      }
      int dimension = field.getVectorDimension();
      int size = flat.getVectorCount(field);
      long from = file.getFilePointer();
      long bytes = Sketches.bytes(dimension, size);
      if (from + bytes > end) {
        throw new CorruptIndexException("sketches end before their time", file);
      }
      found.put(field.name, new LazySketches(file.slice(field.name, from, bytes), dimension, size));
      file.seek(from + bytes);
    }
    return Map.copyOf(found);
  }

  /** A field's vectors for one search on one thread. */
  FlatVectors vectors(String field) throws IOException {
    return new FlatVectors(flat.getFloatVectorValues(field));
  }

  /** A field's sketches, read when first asked for; null for a field with few vectors. */
  @Nullable Sketches sketches(String field) throws IOException {
    LazySketches lazy = sketches.get(field);
    return lazy == null ? null : lazy.get();
  }

  /** Reads all sketches, so that no search has to wait for them. */
  void warm() throws IOException {
    for (LazySketches each : sketches.values()) {
      each.get();
    }
  }

  /** The heap that sketches take. */
  long ramBytes() {
    return sketches.values().stream().mapToLong(LazySketches::ramBytes).sum();
  }

  private static final class LazySketches {
    private final IndexInput slice;
    private final int dimension;
    private final int size;
    private volatile @Nullable Sketches read;

    LazySketches(IndexInput slice, int dimension, int size) {
      this.slice = slice;
      this.dimension = dimension;
      this.size = size;
    }

    Sketches get() throws IOException {
      Sketches present = read;
      return present == null ? first() : present;
    }

    private synchronized Sketches first() throws IOException {
      if (read == null) {
        read = Sketches.read(slice.clone(), dimension, size);
      }
      return read;
    }

    long ramBytes() {
      Sketches present = read;
      return present == null ? 0 : present.ramBytesUsed();
    }
  }

  @Override
  public void checkIntegrity() throws IOException {
    flat.checkIntegrity();
    CodecUtil.checksumEntireFile(file);
  }

  @Override
  public FloatVectorValues getFloatVectorValues(String field) throws IOException {
    return flat.getFloatVectorValues(field);
  }

  @Override
  public FloatVectorValues getFloatVectorValues(String field, DataAccessHint hint)
      throws IOException {
    return flat.getFloatVectorValues(field, hint);
  }

  @Override
  public ByteVectorValues getByteVectorValues(String field) throws IOException {
    return flat.getByteVectorValues(field);
  }

  @Override
  public void search(String field, float[] target, KnnCollector collector, AcceptDocs accept)
      throws IOException {
    flat.search(field, target, collector, accept);
  }

  @Override
  public void search(String field, byte[] target, KnnCollector collector, AcceptDocs accept)
      throws IOException {
    flat.search(field, target, collector, accept);
  }

  @Override
  public KnnVectorsReader getMergeInstance() throws IOException {
    return flat.getMergeInstance();
  }

  @Override
  public void finishMerge() throws IOException {
    flat.finishMerge();
  }

  @Override
  public int getVectorCount(FieldInfo field) throws IOException {
    return flat.getVectorCount(field);
  }

  @Override
  public Map<String, Long> getOffHeapByteSize(FieldInfo field) {
    return flat.getOffHeapByteSize(field);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(flat, file);
  }
}
