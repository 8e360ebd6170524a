package dev.aidb.resilience;

import dev.aidb.core.AidbException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A circuit breaker round the calls to one service.
 *
 * <p>It opens when a number of calls in a row failed or were slow, refuses calls for a while, then
 * lets one through: if that one is well it closes, else it stays open for another while. What
 * counts as a failure is that the service didn't do its part (see {@link #isFailure}); a caller's
 * own fault doesn't count.
 */
public final class Breaker {
  /** What a breaker is doing. The ordinal is the value of its metric. */
  public enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  /**
   * When a breaker opens, and for how long.
   *
   * @param failures so many in a row
   * @param open how long calls are refused
   * @param slow a call that takes longer counts as a failure
   */
  public record Rule(int failures, Duration open, Duration slow) {}

  private static final float ALL = 100;

  private final String service;
  private final CircuitBreaker circuit;
  private final Rule rule;
  private volatile long openedAt;

  /**
   * @param failed told of each call that counts as a failure
   */
  public Breaker(String service, Rule rule, Runnable failed) {
    this.service = service;
    this.rule = rule;
    this.circuit =
        CircuitBreaker.of(
            service,
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(rule.failures)
                .minimumNumberOfCalls(rule.failures)
                .failureRateThreshold(ALL)
                .waitDurationInOpenState(rule.open)
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordException(Breaker::isFailure)
                .build());
    circuit.getEventPublisher().onError(event -> failed.run());
    circuit.getEventPublisher().onStateTransition(event -> openedAt = System.nanoTime());
  }

  public String service() {
    return service;
  }

  public State state() {
    return switch (circuit.getState()) {
      case OPEN, FORCED_OPEN -> State.OPEN;
      case HALF_OPEN -> State.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
    };
  }

  /** A call to the service. */
  @FunctionalInterface
  public interface Work<T, X extends Exception> {
    T run() throws X;
  }

  /**
   * Makes a call unless the breaker refuses it.
   *
   * @throws AidbException UNAVAILABLE at once when the breaker is open, with the time until it lets
   *     a call through
   * @throws X what the call throws
   */
  public <T, X extends Exception> T call(Work<T, X> work) throws X {
    if (!circuit.tryAcquirePermission()) {
      throw AidbException.unavailable(service + " is unavailable", pause(), null);
    }
    long start = System.nanoTime();
    try {
      T result = work.run();
      long took = System.nanoTime() - start;
      if (took < rule.slow.toNanos()) {
        circuit.onSuccess(took, TimeUnit.NANOSECONDS);
      } else {
        // Not as the library's own slow calls: it adds those up apart from the failures, and a
        // service that is slow and failing by turns would reach neither threshold.
        circuit.onError(took, TimeUnit.NANOSECONDS, new Slow());
      }
      return result;
    } catch (Throwable e) {
      circuit.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
      throw e;
    }
  }

  /** What is left of the open time; a trial in flight is worth a second's wait. */
  private Duration pause() {
    Duration left = rule.open.minusNanos(System.nanoTime() - openedAt);
    Duration least = Duration.ofSeconds(1);
    return state() == State.OPEN && left.compareTo(least) > 0 ? left : least;
  }

  /** A call that was answered too late to be of use. */
  private static final class Slow extends Exception {
    private static final long serialVersionUID = 1L;

    Slow() {
      super("slow", null, false, false);
    }
  }

  private static boolean isFailure(Throwable failure) {
    if (!(failure instanceof AidbException known)) {
      return true;
    }
    return switch (known.code()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL -> true;
      default -> false; // the service is there, and says no
    };
  }
}
