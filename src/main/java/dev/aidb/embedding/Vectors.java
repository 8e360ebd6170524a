package dev.aidb.embedding;

/** Arithmetic on embeddings. */
final class Vectors {
  /** Below this length a vector has no direction worth the name. */
  private static final double LENGTH_MIN = 1e-9;

  private static final double UNIT_TOLERANCE = 1e-3;

  private Vectors() {}

  /**
   * Scales the vector to length 1, in place.
   *
   * @return false if it can't be: it is all zero, or some number in it is not finite
   */
  static boolean normalise(float[] vector) {
    double length = length(vector);
    if (!(length > LENGTH_MIN) || Double.isInfinite(length)) { // the negation catches NaN
      return false;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return true;
  }

  /** Whether every number is finite and the length is 1 but for rounding. */
  static boolean isUnit(float[] vector) {
    return Math.abs(length(vector) - 1) < UNIT_TOLERANCE;
  }

  static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot / (length(a) * length(b));
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return Math.sqrt(sum);
  }
}
