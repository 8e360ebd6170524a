package dev.aidb.store;

import java.time.Duration;

/**
 * How the embedded server runs.
 *
 * @param maxConnections connections it takes
 * @param sharedBuffersMib its own page cache, in MiB; the kernel's cache does the rest
 * @param startTimeout how long a start may take, crash recovery included
 * @param stopTimeout how long a fast shutdown may take before the server is killed
 * @param restartPauseMax the longest pause between attempts to restart a server that died
 */
public record EmbeddedSettings(
    int maxConnections,
    int sharedBuffersMib,
    Duration startTimeout,
    Duration stopTimeout,
    Duration restartPauseMax) {

  public EmbeddedSettings {
    if (maxConnections < 10 || maxConnections > 10_000) {
      throw new IllegalArgumentException("maxConnections is 10 to 10000");
    }
    if (sharedBuffersMib < 1) {
      throw new IllegalArgumentException("sharedBuffersMib is at least 1");
    }
  }

  public static EmbeddedSettings defaults() {
    return new EmbeddedSettings(
        200, 48, Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofSeconds(30));
  }
}
