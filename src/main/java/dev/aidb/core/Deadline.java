package dev.aidb.core;

import java.time.Duration;

/**
 * The moment after which nobody waits for an answer any more; handed down from the request to every
 * wait below it.
 *
 * @param nanoTime the moment on the scale of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {
  /** The deadline of the request that the current thread works for. */
  public static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();

  public static Deadline in(Duration wait) {
    return new Deadline(System.nanoTime() + wait.toNanos());
  }

  /** The current request's deadline, or one that far ahead when no request is being served. */
  public static Deadline currentOr(Duration wait) {
    return CURRENT.isBound() ? CURRENT.get() : in(wait);
  }

  /** What is left, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  public boolean passed() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /** The earlier of this deadline and one that far ahead. */
  public Deadline atMost(Duration wait) {
    Deadline other = in(wait);
    return other.nanoTime - nanoTime < 0 ? other : this;
  }

  /** Throws a 504 when the moment has passed. */
  public void check() {
    if (passed()) {
      throw new AidbException(ErrorCode.DEADLINE_EXCEEDED, "The request took longer than it may");
    }
  }
}
