package dev.aidb.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Watches all waits for clients from one thread of its own. */
final class Stalls implements AutoCloseable {
  private final Set<Stall> inFlight = ConcurrentHashMap.newKeySet();
  private final Duration limit;
  private final Runnable eachTime;
  private final Thread watcher;

  /**
   * @param limit of a write
   * @param eachTime done after each look, every second or more often
   */
  Stalls(Duration limit, Runnable eachTime) {
    this.limit = limit;
    this.eachTime = eachTime;
    this.watcher = Thread.ofVirtual().name("http-stalls").unstarted(this::watch);
  }

  void start() {
    watcher.start();
  }

  /** The bound of the request that the current thread serves; {@link #forget} must follow. */
  Stall watched() {
    return watched(limit);
  }

  /** The same with a bound of its own. */
  Stall watched(Duration limit) {
    Stall stall = new Stall(limit);
    inFlight.add(stall);
    return stall;
  }

  void forget(Stall stall) {
    inFlight.remove(stall);
  }

  private void watch() {
    Duration pause = Duration.ofMillis(Math.clamp(limit.toMillis() / 8, 10, 1_000));
    try {
      while (true) {
        Thread.sleep(pause);
        long now = System.nanoTime();
        inFlight.forEach(stall -> stall.checkAt(now));
        eachTime.run();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
