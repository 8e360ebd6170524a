package dev.aidb.health;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Samples the JVM for platform threads that wait for each other for ever; virtual threads are not
 * seen by it. A deadlock never resolves, so once found it stays.
 */
final class Deadlocks {
  private volatile boolean found;

  boolean found() {
    return found;
  }

  void sample() {
    if (!found) {
      found = ManagementFactory.getThreadMXBean().findDeadlockedThreads() != null;
    }
  }

  /** How often to sample: finding deadlocks stops all threads for a moment. */
  static Duration interval() {
    return Duration.ofSeconds(15);
  }
}
