package dev.aidb.resilience;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A bound on how many calls are worked on at the same time.
 *
 * <p>Those beyond it wait in line, first come, first served. Who would wait longer than the limit
 * or its own deadline, by what calls took lately, is turned away before it waits; who has waited as
 * long in fact is turned away then. A call must hold a place only while it has the server work, not
 * while it waits for its client.
 */
public final class WorkLimit {
  private static final double WEIGHT_OF_NEWEST = 0.05;
  private static final Duration COME_BACK = Duration.ofSeconds(1);

  /**
   * @param places calls that may work at once
   * @param waitMax the longest a call waits for its turn
   */
  public record Bounds(int places, Duration waitMax) {}

  private final Bounds bounds;
  private final Semaphore places;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  /** A moving average of how long a call held its place; racy, for it is but an estimate. */
  private volatile double holdNanos;

  public WorkLimit(Bounds bounds) {
    this.bounds = bounds;
    this.places = new Semaphore(bounds.places, true);
  }

  /** A place at work, given back by closing it. For one thread. */
  public final class Place implements AutoCloseable {
    private final long since = System.nanoTime();

    private Place() {}

    @Override
    public void close() {
      places.release();
      // A single call of minutes must not make the estimate turn others away for long.
      double held = Math.min(System.nanoTime() - since, bounds.waitMax.toNanos());
      double average = holdNanos;
      holdNanos = average == 0 ? held : average + (held - average) * WEIGHT_OF_NEWEST;
    }
  }

  /**
   * Takes a place, waiting for one if need be.
   *
   * @throws AidbException OVERLOADED when there is none in time, DEADLINE_EXCEEDED when the call's
   *     own deadline passes first, UNAVAILABLE when the thread is interrupted
   */
  public Place enter(Deadline deadline) {
    deadline.check();
    if (waiting.get() == 0 && places.tryAcquire()) {
      return new Place();
    }
    Deadline patience = deadline.atMost(bounds.waitMax);
    int line = waiting.incrementAndGet();
    try {
      if (expectedWait(line) > patience.remaining().toNanos()
          || !places.tryAcquire(patience.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        deadline.check();
        refused.increment();
        throw AidbException.overloaded("The server has more to do than it can", COME_BACK);
      }
      return new Place();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping", e);
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** How long the last in a line of that length will wait, in nanoseconds. */
  private double expectedWait(int line) {
    return holdNanos * line / bounds.places;
  }

  /** How many calls are being worked on. */
  public int working() {
    return bounds.places - places.availablePermits();
  }

  /** How many calls wait for their turn. */
  public int waiting() {
    return waiting.get();
  }

  /** How many calls were turned away since the start. */
  public long refused() {
    return refused.sum();
  }
}
