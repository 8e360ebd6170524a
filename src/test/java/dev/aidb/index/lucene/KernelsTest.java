package dev.aidb.index.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {
  private static final ValueLayout.OfFloat LITTLE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private final Random random = new Random(11);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 15, 16, 63, 64, 65, 100, 384, 1_536, 4_096})
  void bothDotProductsAreTheSum(int dimension) {
    float[] query = floats(dimension);
    float[] vector = floats(dimension);
    MemorySegment stored = MemorySegment.ofArray(new byte[4 * dimension + 12]);
    double expected = 0;
    for (int i = 0; i < dimension; i++) {
      stored.set(LITTLE, 12 + 4L * i, vector[i]);
      expected += (double) query[i] * vector[i];
    }
    for (Kernels kernels : new Kernels[] {new ScalarKernels(), new VectorKernels()}) {
      float first = kernels.dot(stored, 12, query, new float[Kernels.SCRATCH]);
      assertThat((double) first).isCloseTo(expected, within(1e-3));
      for (int i = 0; i < 20_000 / dimension + 1; i++) {
        assertThat(kernels.dot(stored, 12, query, new float[Kernels.SCRATCH])).isEqualTo(first);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 16, 24, 64})
  void bothBitDotProductsAreTheSameBitForBit(int words) {
    int blocks = 9;
    long[] bits = random.longs((long) blocks * words * Sketches.BLOCK).toArray();
    long[] planes = random.longs(4L * words).toArray();
    int[] wanted = {0, 3, 4, 8};
    long[] scalar = new long[wanted.length * Sketches.BLOCK];
    long[] vector = new long[wanted.length * Sketches.BLOCK];
    new ScalarKernels().bitDots(bits, words, planes, wanted, wanted.length, scalar);
    new VectorKernels().bitDots(bits, words, planes, wanted, wanted.length, vector);
    assertThat(vector).isEqualTo(scalar);

    long expected = 0;
    for (int i = 0; i < words * Long.SIZE; i++) {
      long sign = (bits[(3 * words + i / 64) * Sketches.BLOCK + 5] >>> (i % 64)) & 1;
      for (int plane = 0; plane < 4; plane++) {
        long level = (planes[plane * words + i / 64] >>> (i % 64)) & 1;
        expected += (sign * level) << plane;
      }
    }
    assertThat(scalar[Sketches.BLOCK + 5]).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 64})
  void bothButterfliesAreTheSameBitForBit(int half) {
    float[] scalar = floats(200);
    float[] vector = scalar.clone();
    float[] before = scalar.clone();
    new ScalarKernels().butterflies(scalar, 5, 128, half);
    new VectorKernels().butterflies(vector, 5, 128, half);

    assertThat(vector).isEqualTo(scalar);
    for (int i = 0; i < before.length; i++) {
      boolean inside = i >= 5 && i < 133;
      boolean first = (i - 5) / half % 2 == 0;
      float expected =
          !inside ? before[i] : first ? before[i] + before[i + half] : before[i - half] - before[i];
      assertThat(scalar[i]).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 384, 768})
  void theRotationIsTheHadamardTransformsStageByStage(int dimension) {
    float[] vector = floats(dimension);
    float[] expected = vector.clone();
    int block = Integer.highestOneBit(dimension);
    SplittableRandom signs = new SplittableRandom(0x5EED_A1DBL + dimension);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < dimension; i++) {
        expected[i] *= signs.nextBoolean() ? 1 : -1;
      }
      int from = round % 2 == 0 ? 0 : dimension - block;
      for (int half = 1; half < block; half *= 2) {
        new ScalarKernels().butterflies(expected, from, block, half);
      }
      for (int i = from; i < from + block; i++) {
        expected[i] *= (float) (1 / Math.sqrt(block));
      }
    }
    assertThat(Rotation.of(dimension).rotate(vector)).isEqualTo(expected);
  }

  private float[] floats(int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }
}
