package dev.aidb.limits;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Allowance;
import dev.aidb.resilience.Breaker;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has Redis decide, so that all replicas together admit what one would. While Redis can't be asked
 * this process decides alone; it knows what it admitted itself, but not what the others did.
 */
final class SharedLimiter implements Limiter {
  private static final System.Logger LOG = System.getLogger(SharedLimiter.class.getName());
  private static final Duration COME_BACK = Duration.ofSeconds(5);

  private final RedisLogs redis;
  private final LocalLimiter local;
  private final Breaker breaker;
  private final LimitMetrics metrics;
  private final AtomicBoolean alone = new AtomicBoolean();

  SharedLimiter(RedisLogs redis, LocalLimiter local, Breaker breaker, LimitMetrics metrics) {
    this.redis = redis;
    this.local = local;
    this.breaker = breaker;
    this.metrics = metrics;
  }

  @Override
  public Decision take(Client client, Allowance allowance, int cost) {
    int units = Limiter.units(allowance, cost);
    try {
      Decision decision = breaker.call(() -> redis.take(client, allowance, units));
      answered();
      if (decision.admitted()) {
        local.note(client, units);
      }
      return decision;
    } catch (AidbException e) {
      // the breaker is open: Redis was not asked
    } catch (RedisFailure e) {
      failed(e);
    } catch (RuntimeException e) {
      failed(new RedisFailure("Redis can't be asked", e));
    }
    return local.take(client, allowance, cost);
  }

  private void answered() {
    if (alone.compareAndSet(true, false)) {
      metrics.degraded(false);
      LOG.log(Level.INFO, "Redis answers again; limits are shared");
    }
  }

  private void failed(RedisFailure failure) {
    metrics.redisFailed();
    if (alone.compareAndSet(false, true)) {
      metrics.degraded(true);
      LOG.log(
          Level.WARNING,
          "Redis cannot be asked ({0}); limits are counted in this process alone",
          root(failure));
    }
  }

  /** What happened at the bottom of it, in a line: a stack trace of this tells nothing more. */
  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** Asks Redis for a sign of life; it may be the first to see that it is back. */
  @Override
  public void probe(Duration patience) {
    try {
      breaker.call(() -> {
        redis.ping(patience);
        return true;
      });
    } catch (RedisFailure e) {
      failed(e);
      throw AidbException.unavailable(
          "it doesn't answer; limits are counted by each replica alone", COME_BACK, e);
    }
    answered();
  }

  @Override
  public void close() {
    redis.close();
    local.close();
  }
}
