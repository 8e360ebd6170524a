package dev.aidb.embedding;

/**
 * Lets a call be tried again only while most calls succeed: each retry spends one, each success
 * earns a tenth, so that retries never multiply the load on an endpoint in trouble. Thread-safe.
 */
final class RetryBudget {
  private static final double EARNED = 0.1;

  private final double max;
  private double left;

  RetryBudget(int max) {
    this.max = max;
    this.left = max;
  }

  synchronized void succeeded() {
    left = Math.min(max, left + EARNED);
  }

  /** Spends one retry if there is one. */
  synchronized boolean take() {
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
