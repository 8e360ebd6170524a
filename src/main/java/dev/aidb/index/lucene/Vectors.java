package dev.aidb.index.lucene;

import dev.aidb.core.AidbException;

/** Arithmetic on whole vectors. */
final class Vectors {
  /** How far a squared length may be off one and still be rounding. */
  private static final double ROUNDING = 1e-4;

  private Vectors() {}

  /**
   * The vector at length one; itself when it is so already.
   *
   * @throws AidbException {@code VALIDATION_FAILED} when it isn't finite, or zero
   */
  static float[] unit(float[] vector) {
    double squared = 0;
    for (float x : vector) {
      squared += (double) x * x;
    }
    if (!Double.isFinite(squared) || squared == 0) {
      throw AidbException.invalid(
          "embedding", "finite", "must hold finite numbers that are not all zero");
    }
    if (Math.abs(squared - 1) <= ROUNDING) {
      return vector;
    }
    double length = Math.sqrt(squared);
    float[] unit = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}
