package dev.aidb.similarity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the vector module computes is what loops compute, but for rounding. */
class KernelsTest {
  private final Kernels fast = new VectorKernels();
  private final Kernels plain = new ScalarKernels();
  private final Random random = new Random(5);

  private float[] floats(int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextInt(-8, 9) / 8f; // sums of products are exact
    }
    return floats;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 16, 20, 32})
  void findTheSameHits(int width) {
    float[] tiles = floats(5 * width * Kernels.TILE);
    float[] quad = floats(Kernels.QUAD * width);
    for (float floor : new float[] {-100, 0.25f, 1.5f, 100}) {
      int[] one = new int[5 * Kernels.TILE * Kernels.QUAD];
      int[] other = one.clone();

      int found = fast.hits(tiles, 1, 4, width, quad, floor, one);
      int expected = plain.hits(tiles, 1, 4, width, quad, floor, other);

      assertThat(found).isEqualTo(expected);
      assertAscending(one, found);
      Arrays.sort(one, 0, found);
      Arrays.sort(other, 0, expected);
      assertThat(one).containsExactly(other);
    }
  }

  private static void assertAscending(int[] hits, int count) {
    int[] last = new int[Kernels.QUAD];
    Arrays.fill(last, -1);
    for (int i = 0; i < count; i++) {
      int vector = hits[i] % Kernels.QUAD;
      assertThat(hits[i]).isGreaterThan(last[vector]);
      last[vector] = hits[i];
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 15, 32, 33, 100, 384, 385})
  void computeTheSameProducts(int dimension) {
    float[] vector = floats(dimension);
    float[] stored = floats(dimension + 3);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocateFrom(SpilledVectors.FLOAT, stored);

      assertThat(fast.dot(rows, 12, vector)).isEqualTo(plain.dot(rows, 12, vector));
    }
    double[] columns = new double[dimension * Basis.WIDTH];
    Arrays.setAll(columns, i -> random.nextInt(-9, 10) / 9.0);
    double[] one = new double[Basis.WIDTH];
    double[] other = new double[Basis.WIDTH];
    fast.project(vector, columns, one);
    plain.project(vector, columns, other);
    assertThat(one).containsExactly(other, within(1e-9));
    float[] a = floats(3 * Basis.WIDTH);
    float[] b = floats(3 * Basis.WIDTH);
    assertThat(fast.dot(a, 5, b, 40)).isEqualTo(plain.dot(a, 5, b, 40));
  }
}
