package dev.aidb.limits;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Closes the way after some failures in a row, for a while; then one call is let through to see
 * whether it is worth while again.
 */
final class FailureLatch implements Circuit {
  private final int failuresMax;
  private final long pauseNanos;
  private final LongSupplier nanoTime;
  private int failures;
  private long closedUntil;
  private boolean onTrial;

  FailureLatch(int failuresMax, Duration pause, LongSupplier nanoTime) {
    this.failuresMax = failuresMax;
    this.pauseNanos = pause.toNanos();
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized boolean permits() {
    if (failures < failuresMax) {
      return true;
    }
    if (onTrial || nanoTime.getAsLong() - closedUntil < 0) {
      return false;
    }
    onTrial = true;
    return true;
  }

  @Override
  public synchronized void succeeded() {
    failures = 0;
    onTrial = false;
  }

  @Override
  public synchronized void failed() {
    failures = Math.min(failures + 1, failuresMax);
    onTrial = false;
    closedUntil = nanoTime.getAsLong() + pauseNanos;
  }
}
