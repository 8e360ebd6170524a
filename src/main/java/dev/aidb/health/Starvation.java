package dev.aidb.health;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Notices when virtual threads, which do all the work of requests, no longer get their turn: a
 * platform thread gives them a task at each tick, and counts the ticks for which none has run. It
 * counts ticks rather than time, so that a machine that slept isn't taken for a starved one.
 */
final class Starvation {
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final int MISSED_MAX = 12;

  private final Executor turns;
  private volatile boolean waiting;
  private volatile int missed; // written by the ticking thread alone

  Starvation() {
    this(task -> Thread.ofVirtual().name("health-turn").start(task));
  }

  /**
   * @param turns runs a task as soon as there is a turn for it
   */
  Starvation(Executor turns) {
    this.turns = turns;
  }

  /** Whether nothing has had its turn for a minute. */
  boolean found() {
    return missed >= MISSED_MAX;
  }

  /** One tick; by one thread at a time. At most one task waits. */
  void tick() {
    if (waiting) {
      missed = missed + 1;
      return;
    }
    missed = 0;
    waiting = true;
    turns.execute(() -> waiting = false);
  }

  static Duration interval() {
    return TICK;
  }
}
