package dev.aidb.bench;

import dev.aidb.similarity.Cosine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The survivors among all pairs: each pair's dot product is computed. */
final class ExactDuplicates {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int BLOCK = 256;

  /** More than what single precision and lengths of not quite one take from a cosine. */
  private static final float SLACK = 1e-3f;

  private ExactDuplicates() {}

  /** The dimension must be a multiple of the machine's lanes. */
  static int[] survivors(float[] vectors, int dimension, double threshold) throws Exception {
    int count = vectors.length / dimension;
    List<Future<List<int[]>>> parts = new ArrayList<>();
    int[] survivors = new int[count];
    Arrays.setAll(survivors, i -> i);
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      for (int from = 0; from < count; from += BLOCK) {
        int first = from;
        int end = Math.min(from + BLOCK, count);
        parts.add(workers.submit(() -> near(vectors, dimension, first, end, threshold)));
      }
      for (Future<List<int[]>> part : parts) {
        for (int[] pair : part.get()) { // in order of the later, then of the earlier
          settle(survivors, pair[0], pair[1], vectors, dimension, threshold);
        }
      }
    }
    return survivors;
  }

  private static void settle(
      int[] survivors, int later, int earlier, float[] vectors, int dimension, double threshold) {
    boolean open = survivors[later] == later && survivors[earlier] == earlier;
    if (open && Cosine.of(row(vectors, dimension, earlier), row(vectors, dimension, later)) > threshold) {
      survivors[later] = earlier;
    }
  }

  private static float[] row(float[] vectors, int dimension, int index) {
    return Arrays.copyOfRange(vectors, index * dimension, (index + 1) * dimension);
  }

  private static List<int[]> near(
      float[] vectors, int dimension, int from, int to, double threshold) {
    float floor = (float) threshold - SLACK;
    List<List<Integer>> found = new ArrayList<>();
    for (int i = from; i < to; i++) {
      found.add(new ArrayList<>());
    }
    for (int block = 0; block < to; block += BLOCK) {
      for (int i = from; i < to; i++) {
        int end = Math.min(block + BLOCK, i);
        for (int j = block; j < end; j++) {
          if (dot(vectors, i * dimension, j * dimension, dimension) > floor) {
            found.get(i - from).add(j);
          }
        }
      }
    }
    List<int[]> pairs = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (int j : found.get(i - from)) {
        pairs.add(new int[] {i, j});
      }
    }
    return pairs;
  }

  private static float dot(float[] vectors, int a, int b, int dimension) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    for (int i = 0; i < dimension; i += 2 * FLOATS.length()) {
      int k = i + FLOATS.length();
      even =
          FloatVector.fromArray(FLOATS, vectors, a + i)
              .fma(FloatVector.fromArray(FLOATS, vectors, b + i), even);
      odd =
          FloatVector.fromArray(FLOATS, vectors, a + k)
              .fma(FloatVector.fromArray(FLOATS, vectors, b + k), odd);
    }
    return even.add(odd).reduceLanes(VectorOperators.ADD);
  }
}
