package dev.aidb.index.lucene;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** For a virtual machine that runs without the vector module. */
final class ScalarKernels implements Kernels {
  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public float dot(MemorySegment vectors, long offset, float[] query, float[] scratch) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 4 <= query.length; i += 4) {
      long at = offset + (long) i * Float.BYTES;
      a += vectors.get(LITTLE_FLOAT, at) * query[i];
      b += vectors.get(LITTLE_FLOAT, at + 4) * query[i + 1];
      c += vectors.get(LITTLE_FLOAT, at + 8) * query[i + 2];
      d += vectors.get(LITTLE_FLOAT, at + 12) * query[i + 3];
    }
    float rest = 0;
    for (; i < query.length; i++) {
      rest += vectors.get(LITTLE_FLOAT, offset + (long) i * Float.BYTES) * query[i];
    }
    return (a + b) + (c + d) + rest;
  }

  @Override
  public void bitDots(long[] bits, int words, long[] planes, int[] blocks, int count, long[] dots) {
    for (int i = 0; i < count; i++) {
      for (int lane = 0; lane < Sketches.BLOCK; lane++) {
        int at = blocks[i] * words * Sketches.BLOCK + lane;
        long sum = 0;
        for (int word = 0; word < words; word++, at += Sketches.BLOCK) {
          long signs = bits[at];
          sum += Long.bitCount(signs & planes[word]);
          sum += Long.bitCount(signs & planes[words + word]) << 1;
          sum += Long.bitCount(signs & planes[2 * words + word]) << 2;
          sum += Long.bitCount(signs & planes[3 * words + word]) << 3;
        }
        dots[i * Sketches.BLOCK + lane] = sum;
      }
    }
  }

  @Override
  public void butterflies(float[] values, int from, int count, int half) {
    for (int at = from; at < from + count; at += 2 * half) {
      for (int i = at; i < at + half; i++) {
        float a = values[i];
        float b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}
