package dev.aidb.core;

/** L2 normalisation, in one place so that a stored vector and a queried one are treated alike. */
public final class UnitVectors {
  private UnitVectors() {}

  /**
   * A copy of length 1. The sum is kept in double precision, so that no component is too great or
   * too small for it.
   */
  public static float[] normalised(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    double norm = Math.sqrt(squares);
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException("a vector must be finite and not all zero");
    }
    float[] unit = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      unit[i] = (float) (vector[i] / norm);
    }
    return unit;
  }
}
