package dev.aidb.store;

import java.time.Duration;

/**
 * The bounds of the connection pool.
 *
 * @param size connections kept open
 * @param maxOverflow connections opened beyond those under load, and closed again when idle
 * @param timeout the longest wait for a connection
 * @param recycle the age at which a connection is replaced
 */
public record PoolSettings(int size, int maxOverflow, Duration timeout, Duration recycle) {
  public PoolSettings {
    if (size < 1 || maxOverflow < 0 || size + maxOverflow > 10_000) {
      throw new IllegalArgumentException("a pool keeps at least 1 connection, at most 10000");
    }
    if (timeout.toMillis() < 250) {
      throw new IllegalArgumentException("the wait for a connection is at least 250 ms");
    }
    if (recycle.toSeconds() < 30) {
      throw new IllegalArgumentException("connections are recycled after 30 s at the earliest");
    }
  }

  public static PoolSettings defaults() {
    return new PoolSettings(20, 30, Duration.ofSeconds(30), Duration.ofMinutes(30));
  }

  /** The most connections open at once. */
  public int limit() {
    return size + maxOverflow;
  }
}
