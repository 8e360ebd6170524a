package dev.aidb.index.lucene;

import static jdk.incubator.vector.VectorOperators.BIT_COUNT;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** On the widest registers the machine has, 128 to 512 bits. */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** A block of sketches is eight longs wide, so wider registers than that are no use. */
  private static final VectorSpecies<Long> LONGS =
      LongVector.SPECIES_PREFERRED.length() > Sketches.BLOCK
          ? LongVector.SPECIES_512
          : LongVector.SPECIES_PREFERRED;

  private static final int LANES = FLOATS.length();
  private static final Kernels SCALAR = new ScalarKernels();
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);

  @Override
  public float dot(MemorySegment vectors, long offset, float[] query, float[] scratch) {
    return dotOf(vectors, offset, query, scratch);
  }

  private static float dotOf(MemorySegment vectors, long offset, float[] query, float[] scratch) {
    int whole = query.length - query.length % (4 * LANES);
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < whole; i += 4 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      a = floats(vectors, at).fma(FloatVector.fromArray(FLOATS, query, i), a);
      at += FLOATS.vectorByteSize();
      b = floats(vectors, at).fma(FloatVector.fromArray(FLOATS, query, i + LANES), b);
      at += FLOATS.vectorByteSize();
      c = floats(vectors, at).fma(FloatVector.fromArray(FLOATS, query, i + 2 * LANES), c);
      at += FLOATS.vectorByteSize();
      d = floats(vectors, at).fma(FloatVector.fromArray(FLOATS, query, i + 3 * LANES), d);
    }
    float rest = 0;
    for (int i = whole; i < query.length; i++) {
      rest += vectors.get(LITTLE_FLOAT, offset + (long) i * Float.BYTES) * query[i];
    }
    return sum(a.add(b).add(c.add(d)), scratch) + rest;
  }

  private static FloatVector floats(MemorySegment vectors, long at) {
    return FloatVector.fromMemorySegment(FLOATS, vectors, at, LITTLE);
  }

  /** In a fixed order, which {@code reduceLanes} doesn't promise. */
  private static float sum(FloatVector lanes, float[] scratch) {
    lanes.intoArray(scratch, 0);
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        scratch[i] += scratch[i + half];
      }
    }
    return scratch[0];
  }

  @Override
  public void bitDots(long[] bits, int words, long[] planes, int[] blocks, int count, long[] dots) {
    for (int i = 0; i < count; i++) {
      for (int lane = 0; lane < Sketches.BLOCK; lane += LONGS.length()) {
        bitDots(bits, blocks[i] * words * Sketches.BLOCK + lane, words, planes)
            .intoArray(dots, i * Sketches.BLOCK + lane);
      }
    }
  }

  private static LongVector bitDots(long[] bits, int from, int words, long[] planes) {
    LongVector a = LongVector.zero(LONGS);
    LongVector b = a;
    LongVector c = a;
    LongVector d = a;
    for (int word = 0; word < words; word++) {
      LongVector signs = LongVector.fromArray(LONGS, bits, from + word * Sketches.BLOCK);
      a = a.add(signs.and(planes[word]).lanewise(BIT_COUNT));
      b = b.add(signs.and(planes[words + word]).lanewise(BIT_COUNT));
      c = c.add(signs.and(planes[2 * words + word]).lanewise(BIT_COUNT));
      d = d.add(signs.and(planes[3 * words + word]).lanewise(BIT_COUNT));
    }
    return a.add(b.lanewise(LSHL, 1)).add(c.lanewise(LSHL, 2)).add(d.lanewise(LSHL, 3));
  }

  @Override
  public void butterflies(float[] values, int from, int count, int half) {
    if (half < LANES) {
      SCALAR.butterflies(values, from, count, half);
      return;
    }
    for (int at = from; at < from + count; at += 2 * half) {
      for (int i = at; i < at + half; i += LANES) {
        FloatVector a = FloatVector.fromArray(FLOATS, values, i);
        FloatVector b = FloatVector.fromArray(FLOATS, values, i + half);
        a.add(b).intoArray(values, i);
        a.sub(b).intoArray(values, i + half);
      }
    }
  }
}
