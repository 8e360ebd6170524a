package dev.aidb.index.lucene;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.apache.lucene.codecs.lucene95.HasIndexSlice;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The float32 vectors of one field of one segment, numbered 0 to {@code size - 1} in order of their
 * documents. For one thread, and for as long as the segment's reader is held.
 */
final class FlatVectors {
  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final FloatVectorValues values;
  private final @Nullable MemorySegment mapped;
  private final long bytes;
  private final float[] scratch = new float[Kernels.SCRATCH];

  FlatVectors(FloatVectorValues values) throws IOException {
    this.values = values;
    this.bytes = (long) values.dimension() * Float.BYTES;
    this.mapped = mapped(values, bytes * values.size());
  }

  private static @Nullable MemorySegment mapped(FloatVectorValues values, long length)
      throws IOException {
    if (length > 0
        && values instanceof HasIndexSlice sliced
        && sliced.getSlice() instanceof MemorySegmentAccessInput input) {
      return input.segmentSliceOrNull(0, length);
    }
    return null;
  }

  int size() {
    return values.size();
  }

  int document(int ordinal) {
    return values.ordToDoc(ordinal);
  }

  /** The cosine of a vector and a query, both of length one: -1..1. */
  float cosine(int ordinal, float[] query) throws IOException {
    float dot =
        mapped != null
            ? Kernels.BEST.dot(mapped, ordinal * bytes, query, scratch)
            : Kernels.BEST.dot(copied(ordinal), 0, query, scratch);
    return Math.max(-1, Math.min(1, dot));
  }

  private MemorySegment copied(int ordinal) throws IOException {
    float[] value = values.vectorValue(ordinal);
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      return MemorySegment.ofArray(value);
    }
    MemorySegment copy = MemorySegment.ofArray(new float[value.length]);
    for (int i = 0; i < value.length; i++) {
      copy.setAtIndex(LITTLE_FLOAT, i, value[i]);
    }
    return copy;
  }

  /** The ordinals whose documents are in a set. */
  FixedBitSet ordinals(Bits documents) throws IOException {
    FixedBitSet ordinals = new FixedBitSet(values.size());
    DocIndexIterator each = values.iterator();
    for (int doc = each.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = each.nextDoc()) {
      if (documents.get(doc)) {
        ordinals.set(each.index());
      }
    }
    return ordinals;
  }
}
