package dev.aidb.issues;

/** The Poisson distribution, for what happens by chance. */
final class Poisson {
  private static final int TERMS_MAX = 10_000;

  private Poisson() {}

  /**
   * How likely so many or more are by chance.
   *
   * @param count at least 0
   * @param mean how many there are on average; at least 0
   * @return 0 to 1
   */
  static double tail(long count, double mean) {
    if (count <= 0) {
      return 1;
    }
    if (mean <= 0) {
      return 0;
    }
    if (count <= mean) {
      return 1; // more than half, which is all that matters of what isn't rare
    }
    double term = Math.exp(count * Math.log(mean) - mean - logFactorial(count));
    double sum = 0;
    for (int i = 1; i <= TERMS_MAX && term > sum * 1e-12; i++) {
      sum += term;
      term *= mean / (count + i);
    }
    return Math.min(1, sum);
  }

  /** Stirling's series above 20, exact to 1e-9 and better. */
  private static double logFactorial(long n) {
    if (n <= 20) {
      double log = 0;
      for (long i = 2; i <= n; i++) {
        log += Math.log((double) i);
      }
      return log;
    }
    double x = (double) n;
    return x * Math.log(x)
        - x
        + 0.5 * Math.log(2 * Math.PI * x)
        + 1 / (12 * x)
        - 1 / (360 * x * x * x);
  }
}
