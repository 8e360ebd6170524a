package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Allowance;
import dev.aidb.resilience.Breaker;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RealRedis;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedLimiterTest {
  private static final Duration BACK_MAX = Duration.ofSeconds(10);
  private static final Allowance ALLOWANCE = new Allowance(5, 100);

  private final RealRedis redis = RealRedis.start();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final SharedLimiter limiter = limiter(redis.port(), registry);

  private static SharedLimiter limiter(int port, PrometheusRegistry registry) {
    return new SharedLimiter(
        new RedisLogs(
            new RedisSettings("127.0.0.1", port, Optional.empty(), Duration.ofMillis(100)),
            Windows.usual()),
        new LocalLimiter(1_000),
        new Breaker(
            "redis", new Breaker.Rule(3, Duration.ofMillis(200), Duration.ofSeconds(1)), () -> {}),
        new LimitMetrics(registry));
  }

  @AfterEach
  void stop() {
    limiter.close();
    redis.close();
  }

  private boolean admitted(String client) {
    return limiter.take(Client.key(client), ALLOWANCE, 1).admitted();
  }

  private int admitted(String client, int asked) {
    int admitted = 0;
    for (int i = 0; i < asked; i++) {
      admitted += admitted(client) ? 1 : 0;
    }
    return admitted;
  }

  private boolean degraded() {
    GaugeSnapshot gauge =
        (GaugeSnapshot) registry.scrape(name -> name.equals("aidb_rate_limit_degraded")).get(0);
    return gauge.getDataPoints().getFirst().getValue() == 1;
  }

  private double errors() {
    CounterSnapshot counter =
        (CounterSnapshot) registry.scrape(name -> name.startsWith("aidb_redis_errors")).get(0);
    return counter.getDataPoints().getFirst().getValue();
  }

  private void awaitShared() {
    Eventually.within(
        BACK_MAX,
        "limits are shared",
        () -> {
          try {
            limiter.probe(Duration.ofSeconds(1));
            return !degraded();
          } catch (AidbException e) {
            return false;
          }
        });
  }

  @Test
  void withoutRedisItDecidesAloneAndRemembersWhatItAdmitted() {
    awaitShared();
    assertThat(admitted("key:1", 3)).isEqualTo(3);
    redis.kill();
    assertThat(admitted("key:1", 9)).isEqualTo(2);
    assertThat(degraded()).isTrue();
    assertThat(errors()).isPositive();
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() -> limiter.probe(Duration.ofMillis(200)))
        .satisfies(e -> assertThat(e.detail()).doesNotContain("127.0.0.1"));

    redis.restart();
    awaitShared();
    assertThat(admitted("key:2", 9)).isEqualTo(5);
    try (SharedLimiter other = limiter(redis.port(), new PrometheusRegistry())) {
      Eventually.within(
          BACK_MAX,
          "another replica sees what was admitted",
          () -> !other.take(Client.key("key:2"), ALLOWANCE, 1).admitted());
    }
  }

  @Test
  void requestsNoticeByThemselvesThatRedisIsBack() {
    awaitShared();
    redis.kill();
    admitted("key:3", 9);
    assertThat(degraded()).isTrue();
    redis.restart();
    Eventually.within(
        BACK_MAX,
        "limits are shared again",
        () -> {
          admitted("key:4");
          return !degraded();
        });
  }

  @Test
  void aFrozenRedisHoldsUpFewRequestsForAMoment() {
    awaitShared();
    redis.freeze();
    long start = System.nanoTime();
    assertThat(admitted("key:5", 100)).isEqualTo(5);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(degraded()).isTrue();

    redis.thaw();
    awaitShared();
    assertThat(admitted("key:6", 9)).isEqualTo(5);
  }

  @Test
  void startsWithoutRedis() {
    long start = System.nanoTime();
    try (SharedLimiter alone = limiter(RealRedis.freePort(), new PrometheusRegistry())) {
      assertThat(alone.take(Client.key("key:7"), ALLOWANCE, 1).admitted()).isTrue();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }
}
