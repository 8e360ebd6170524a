package dev.aidb.health;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * How a dependency is examined.
 *
 * @param name the dependency, such as {@code postgresql}
 * @param critical whether the program can't serve without it
 * @param timeout how long a run may take before it counts as failed and is interrupted
 * @param interval the pause between two runs
 * @param failAfter how many failures in a row make a healthy dependency unhealthy, 1 or more
 * @param recoverAfter how many successes in a row make an unhealthy one healthy, 1 or more
 * @param check returns when the dependency works and throws when it doesn't; the message of what it
 *     throws is shown to clients, so it must hold neither addresses nor secrets
 */
public record Probe(
    String name,
    boolean critical,
    Duration timeout,
    Duration interval,
    int failAfter,
    int recoverAfter,
    Callable<Void> check) {

  /** A probe with the usual rhythm: every 5 s, fails after 3, recovers after 2. */
  public static Probe of(String name, boolean critical, Duration timeout, Callable<Void> check) {
    return new Probe(name, critical, timeout, Duration.ofSeconds(5), 3, 2, check);
  }
}
