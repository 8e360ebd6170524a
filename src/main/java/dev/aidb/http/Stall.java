package dev.aidb.http;

import java.time.Duration;

/**
 * The bound on waits for a client. A blocking read or write has no timeout of its own, so a watcher
 * interrupts the thread that has been in one for too long, which closes the connection (a virtual
 * thread's socket is closed when it is interrupted in it).
 */
final class Stall {
  private final Thread thread = Thread.currentThread();
  private final long limitNanos;
  private long until;
  private boolean armed;
  private boolean fired;

  Stall(Duration limit) {
    limitNanos = limit.toNanos();
  }

  /** The request's thread is about to wait. */
  synchronized void arm() {
    until = System.nanoTime() + limitNanos;
    armed = true;
  }

  /** The wait is over; says whether it was cut short. */
  synchronized boolean disarm() {
    armed = false;
    if (fired) {
      Thread.interrupted(); // the interrupt was meant for that wait alone
    }
    return fired;
  }

  /** Called by the watcher. */
  synchronized void checkAt(long now) {
    if (armed && now - until > 0) {
      var unused = cut();
    }
  }

  /**
   * Cuts the wait short.
   *
   * @return false when there was none
   */
  synchronized boolean cut() {
    if (!armed) {
      return false;
    }
    armed = false;
    fired = true;
    thread.interrupt();
    return true;
  }
}
