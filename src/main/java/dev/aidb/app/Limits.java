package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.config.Secret;
import dev.aidb.guard.ClientAddresses;
import dev.aidb.guard.Network;
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

  /** Where requests come from, as far as trusted proxies tell. */
  static ClientAddresses addresses(Config.RateLimit limit) {
    return new ClientAddresses(limit.trustedProxies().stream().map(Network::parse).toList());
  }

  static RateLimits of(Config config, Breakers breakers, PrometheusRegistry registry) {
    Config.RateLimit limit = config.rateLimit();
    LimitSettings settings =
        new LimitSettings(new Allowance(limit.perMinute(), limit.perHour()), limit.maxClients());
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
