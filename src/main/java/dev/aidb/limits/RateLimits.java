package dev.aidb.limits;

import dev.aidb.core.AidbException;
import dev.aidb.guard.Admission;
import dev.aidb.guard.RequestHead;
import dev.aidb.operation.Allowance;
import dev.aidb.operation.Caller;
import dev.aidb.resilience.Breaker;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Admits every client's requests as far as its allowance goes.
 *
 * <p>The client is the caller's key; without one it is the address. An operation that costs nothing
 * is free. A request that the door turned away costs its address one unit, whatever key it showed.
 */
public final class RateLimits implements Admission, AutoCloseable {
  /** How the id of a caller with a key begins. */
  private static final String KEY = "key:";

  private final Limiter limiter;
  private final Windows windows;
  private final Allowance standard;
  private final LimitMetrics metrics;

  RateLimits(Limiter limiter, Windows windows, Allowance standard, LimitMetrics metrics) {
    this.limiter = limiter;
    this.windows = windows;
    this.standard = standard;
    this.metrics = metrics;
  }

  /** Limits that this process counts alone. */
  public static RateLimits local(LimitSettings settings, PrometheusRegistry registry) {
    LimitMetrics metrics = new LimitMetrics(registry);
    return of(settings, counting(settings, metrics), metrics);
  }

  /**
   * Limits that all processes count together that ask the same Redis. Returns at once, whether
   * Redis can be reached or not.
   */
  public static RateLimits shared(
      LimitSettings settings, RedisSettings redis, Breaker breaker, PrometheusRegistry registry) {
    LimitMetrics metrics = new LimitMetrics(registry);
    return of(
        settings,
        new SharedLimiter(
            new RedisLogs(redis, Windows.usual()), counting(settings, metrics), breaker, metrics),
        metrics);
  }

  /** No limits; what is counted of them stays 0. */
  public static Admission off(PrometheusRegistry registry) {
    new LimitMetrics(registry).clients(() -> 0);
    return Admission.unlimited();
  }

  private static LocalLimiter counting(LimitSettings settings, LimitMetrics metrics) {
    LocalLimiter limiter = new LocalLimiter(settings.clientsMax()).start();
    metrics.clients(limiter::clients);
    return limiter;
  }

  private static RateLimits of(LimitSettings settings, Limiter limiter, LimitMetrics metrics) {
    return new RateLimits(limiter, Windows.usual(), settings.standard(), metrics);
  }

  @Override
  public Verdict admit(RequestHead head, Caller caller, int cost) {
    if (cost == 0) {
      return Verdict.free();
    }
    Client client =
        caller.id().startsWith(KEY)
            ? Client.key(caller.id())
            : Client.address(head.remoteAddress());
    return charge(client, caller.allowance().orElse(standard), cost);
  }

  @Override
  public Verdict turnedAway(RequestHead head) {
    return charge(Client.address(head.remoteAddress()), standard, 1);
  }

  private Verdict charge(Client client, Allowance allowance, int cost) {
    Decision decision;
    try {
      decision = limiter.take(client, allowance, cost);
    } catch (AidbException e) {
      metrics.overflowed();
      return new Verdict(Map.of(), Optional.of(e));
    }
    Map<String, String> fields = RateLimitFields.of(decision, windows);
    return new Verdict(
        fields, decision.admitted() ? Optional.empty() : Optional.of(refusal(decision)));
  }

  private AidbException refusal(Decision decision) {
    Window window = decision.binding();
    metrics.rejected(window);
    Standing standing = decision.in(window);
    long seconds = RateLimitFields.seconds(standing.moreIn());
    return AidbException.rateLimited(
        "Rate limit exceeded: %d requests/%s. Retry after %ds"
            .formatted(standing.limit(), window.label(), seconds),
        Duration.ofSeconds(seconds));
  }

  /**
   * Looks whether the limits are shared as they should be.
   *
   * @throws AidbException UNAVAILABLE when Redis doesn't answer within that time
   */
  public void probe(Duration patience) {
    limiter.probe(patience);
  }

  @Override
  public void close() {
    limiter.close();
  }
}
