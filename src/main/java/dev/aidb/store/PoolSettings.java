package dev.aidb.store;

import java.time.Duration;

/**
 * The bounds of the connection pool.
 *
 * @param size connections kept open
 * @param maxOverflow connections opened beyond those under load, and closed again when idle
 * @param timeout the longest wait for a connection
 * @param recycle the age at which a connection is replaced
 * @param check how long a connection that lay idle may take to show that it still works
 * @param silence how long the server may say nothing before its connection counts as dead
 */
public record PoolSettings(
    int size,
    int maxOverflow,
    Duration timeout,
    Duration recycle,
    Duration check,
    Duration silence) {
  private static final Duration CHECK = Duration.ofSeconds(1);

  /** Longer than any request's deadline: only a dead network is meant to be ended by it. */
  private static final Duration SILENCE = Duration.ofMinutes(5);

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
    if (check.toSeconds() < 1 || silence.toSeconds() < 1) {
      throw new IllegalArgumentException("a connection has at least a second to answer");
    }
  }

  /** A pool that is patient with its connections. */
  public PoolSettings(int size, int maxOverflow, Duration timeout, Duration recycle) {
    this(size, maxOverflow, timeout, recycle, CHECK, SILENCE);
  }

  /**
   * The same, for short statements whose user would rather fail soon than wait for a connection
   * that died without a word.
   *
   * @param check at least a second
   * @param silence at least a second
   */
  public PoolSettings impatient(Duration check, Duration silence) {
    return new PoolSettings(size, maxOverflow, timeout, recycle, check, silence);
  }

  public static PoolSettings defaults() {
    return new PoolSettings(20, 30, Duration.ofSeconds(30), Duration.ofMinutes(30));
  }

  /** The most connections open at once. */
  public int limit() {
    return size + maxOverflow;
  }
}
