package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.config.Secret;
import dev.aidb.core.StartFailure;
import dev.aidb.limits.LimitSettings;
import dev.aidb.limits.RateLimits;
import dev.aidb.limits.RedisSettings;
import dev.aidb.operation.Allowance;
import dev.aidb.resilience.Breakers;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The rate limits that the configuration asks for. */
final class Limits {
  private Limits() {}

  /** Whether replicas count together. */
  static boolean areShared(Config config) {
    return config.rateLimit().enabled()
        && config.rateLimit().store() == Config.RateLimitStore.REDIS;
  }

  static RateLimits of(Config config, Breakers breakers, PrometheusRegistry registry) {
    Config.RateLimit limit = config.rateLimit();
    LimitSettings settings;
    try {
      settings =
          new LimitSettings(
              new Allowance(limit.perMinute(), limit.perHour()),
              limit.maxClients(),
              limit.trustedProxies());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "rate_limit.trusted_proxies holds something that isn't an address or network",
          "Write addresses such as 192.0.2.7 and networks such as 10.0.0.0/8.",
          e);
    }
    return areShared(config)
        ? RateLimits.shared(settings, redis(config.redis()), breakers.of(Breakers.REDIS), registry)
        : RateLimits.local(settings, registry);
  }

  private static RedisSettings redis(Config.Redis redis) {
    return new RedisSettings(
        redis.host().orElseThrow(),
        redis.port(),
        redis.password().map(Secret::reveal),
        redis.timeout());
  }
}
