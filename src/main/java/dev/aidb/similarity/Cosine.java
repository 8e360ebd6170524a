package dev.aidb.similarity;

/**
 * The cosine that decides. Products of two floats are exact in double precision, and they are
 * summed in an order that is written down, so that it is the same number everywhere, and the same
 * for (a, b) as for (b, a).
 */
public final class Cosine {
  private Cosine() {}

  /**
   * The cosine of two vectors of equal length, at most 1 and exactly that for equal ones.
   *
   * @return not a number if one of them is all zero
   */
  public static double of(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException("the vectors differ in length");
    }
    return Math.min(1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
  }

  private static double dot(float[] a, float[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= a.length; i += 4) {
      s0 += (double) a[i] * b[i];
      s1 += (double) a[i + 1] * b[i + 1];
      s2 += (double) a[i + 2] * b[i + 2];
      s3 += (double) a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += (double) a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
