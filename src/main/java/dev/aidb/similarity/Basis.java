package dev.aidb.similarity;

import java.util.SplittableRandom;

/**
 * Orthonormal directions that hold as much of some vectors as so many directions can, nearly: the
 * main ones of a sample, found by subspace iteration. Any orthonormal directions give right bounds;
 * better ones give tighter bounds.
 *
 * @param columns entry {@code i * WIDTH + k} is coordinate {@code i} of direction {@code k}; the
 *     rest of a row is zero
 * @param directions how many there are, below {@link #WIDTH}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Basis(double[] columns, int dimension, int directions) {
  /** The numbers of a projected vector: one for each direction, and the length of the rest. */
  static final int WIDTH = 32;

  private static final int SAMPLE = 1024;
  private static final int ITERATIONS = 8;
  private static final long SEED = 0xBA515L;
  private static final double LOST = 1e-6;

  static Basis of(SpilledVectors vectors) {
    int directions = Math.min(WIDTH - 1, vectors.dimension());
    float[][] sample = sample(vectors);
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] q = new double[directions][vectors.dimension()];
    for (double[] direction : q) {
      fill(direction, random);
    }
    orthonormalise(q, random);
    for (int i = 0; i < ITERATIONS; i++) {
      q = drawnOut(q, sample);
      orthonormalise(q, random);
    }
    return new Basis(columns(q, vectors.dimension()), vectors.dimension(), directions);
  }

  private static float[][] sample(SpilledVectors vectors) {
    int size = Math.min(SAMPLE, vectors.count());
    float[][] sample = new float[size][vectors.dimension()];
    for (int i = 0; i < size; i++) {
      vectors.read((int) ((long) i * vectors.count() / size), sample[i]);
    }
    return sample;
  }

  private static void fill(double[] direction, SplittableRandom random) {
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextDouble() - 0.5;
    }
  }

  /** The directions times the sample's matrix of second moments. */
  private static double[][] drawnOut(double[][] q, float[][] sample) {
    double[][] drawn = new double[q.length][q[0].length];
    for (float[] vector : sample) {
      for (int k = 0; k < q.length; k++) {
        double along = 0;
        for (int i = 0; i < vector.length; i++) {
          along += vector[i] * q[k][i];
        }
        for (int i = 0; i < vector.length; i++) {
          drawn[k][i] += along * vector[i];
        }
      }
    }
    return drawn;
  }

  /** Gram and Schmidt, each time twice, since once leaves a rest of rounding. */
  private static void orthonormalise(double[][] q, SplittableRandom random) {
    for (int k = 0; k < q.length; k++) {
      while (!normalised(q[k]) || !isNew(q, k)) {
        fill(q[k], random); // the sample has fewer directions than asked for
      }
    }
  }

  /** Whether something is left of direction {@code k} without those before it. */
  private static boolean isNew(double[][] q, int k) {
    for (int round = 0; round < 2; round++) {
      for (int j = 0; j < k; j++) {
        double along = dot(q[k], q[j]);
        for (int i = 0; i < q[k].length; i++) {
          q[k][i] -= along * q[j][i];
        }
      }
      if (dot(q[k], q[k]) < LOST || !normalised(q[k])) {
        return false;
      }
    }
    return true;
  }

  private static boolean normalised(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    if (!(length > 0)) {
      return false;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= length;
    }
    return true;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] columns(double[][] q, int dimension) {
    double[] columns = new double[dimension * WIDTH];
    for (int k = 0; k < q.length; k++) {
      for (int i = 0; i < dimension; i++) {
        columns[i * WIDTH + k] = q[k][i];
      }
    }
    return columns;
  }

  /**
   * Projects a vector after normalising it fully.
   *
   * @param scratch of {@link #WIDTH}
   * @param rest how many directions the coarse projection has
   * @param coarse takes its numbers from {@code coarseAt} on, then the length of its rest
   * @param fine takes those of all directions in {@link #WIDTH} entries from {@code fineAt} on, the
   *     last of them the length of the rest
   */
  void project(
      float[] vector,
      double[] scratch,
      int rest,
      float[] coarse,
      int coarseAt,
      float[] fine,
      int fineAt) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    Kernels.BEST.project(vector, columns, scratch);
    double scale = 1 / Math.sqrt(squares);
    double left = 1;
    for (int k = 0; k < WIDTH - 1; k++) {
      if (k == rest) {
        coarse[coarseAt + k] = length(left);
      }
      double along = scratch[k] * scale;
      fine[fineAt + k] = (float) along;
      if (k < rest) {
        coarse[coarseAt + k] = (float) along;
      }
      left -= along * along;
    }
    fine[fineAt + WIDTH - 1] = length(left);
  }

  private static float length(double squares) {
    return (float) Math.sqrt(Math.max(0, squares));
  }
}
