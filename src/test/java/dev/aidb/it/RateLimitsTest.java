package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RealRedis;
import dev.aidb.testkit.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits on a server that shares them in a Redis, with addresses told by a trusted proxy. */
class RateLimitsTest {
  private static final String PATH = "/collections";
  private static final Duration NOTICED_MAX = Duration.ofSeconds(20);

  private static RealRedis redis;
  private static RunningServer server;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    redis = RealRedis.start();
    server =
        RunningServer.start(config ->
            config
                .with("redis.host", "127.0.0.1")
                .with("redis.port", redis.port())
                .with("redis.timeout", "PT5S")
                .with("rate_limit.enabled", true)
                .with("rate_limit.store", "redis")
                .with("rate_limit.per_minute", 5)
                .with("rate_limit.trusted_proxies", "127.0.0.1")
                .with("health.interval", "PT0.1S"));
    api = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
    redis.close();
  }

  private static Answer ask(String client, String path) {
    return api.send(api.request(path).header("X-Forwarded-For", client).GET());
  }

  @Test
  void refusesTheSixthAndSaysWhenToComeBack() {
    double before = api.metric("aidb_rate_limit_rejections_total{window=\"minute\"}");
    for (int remaining = 4; remaining >= 0; remaining--) {
      Answer answer = ask("192.0.2.1", PATH);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("RateLimit-Policy"))
          .contains("\"minute\";q=5;w=60, \"hour\";q=1000;w=3600");
      assertThat(answer.header("RateLimit").orElseThrow())
          .matches("\"minute\";r=" + remaining + ";t=\\d+, \"hour\";r=\\d+;t=\\d+");
    }
    Answer refused = ask("192.0.2.1", PATH);
    assertThat(refused.status()).isEqualTo(429);
    String wait = refused.header("Retry-After").orElseThrow();
    assertThat(Integer.parseInt(wait)).isBetween(1, 60);
    assertThat(refused.text("/detail"))
        .isEqualTo("Rate limit exceeded: 5 requests/minute. Retry after " + wait + "s");
    assertThat(refused.text("/code")).isEqualTo("rate_limited");
    assertThat(refused.header("RateLimit").orElseThrow()).startsWith("\"minute\";r=0;t=" + wait);
    assertThat(api.metric("aidb_rate_limit_rejections_total{window=\"minute\"}") - before)
        .isEqualTo(1);
    assertThat(api.metric("aidb_rate_limit_rejections_total{window=\"hour\"}")).isZero();
    assertThat(ask("192.0.2.2", PATH).status()).isEqualTo(200);
  }

  @Test
  void healthAndMetricsAreFree() {
    for (int i = 0; i < 9; i++) {
      Answer health = ask("192.0.2.3", "/health/ready");
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.header("RateLimit")).isEmpty();
      assertThat(ask("192.0.2.3", "/metrics").status()).isEqualTo(200);
    }
    assertThat(ask("192.0.2.3", PATH).header("RateLimit").orElseThrow()).contains("r=4;");
  }

  @Test
  void whatIsRefusedForItsContentCounts() {
    Answer invalid =
        api.send(
            api.request("/vector/search")
                .header("X-Forwarded-For", "192.0.2.4")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"query\":\"\"}")));
    assertThat(invalid.status()).isEqualTo(422);
    assertThat(invalid.header("RateLimit").orElseThrow()).contains("r=4;");
  }

  @Test
  void aStreamCountsOnce() {
    String lines =
        ("{\"collection\":\"nixos_docs\",\"path\":\"limited\",\"content\":\"some words\","
                + "\"content_type\":\"text/plain\"}\n")
            .repeat(20);
    Answer answer =
        api.send(
            api.request("/documents/batch")
                .header("X-Forwarded-For", "192.0.2.5")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines)));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines()).hasSize(20);
    assertThat(answer.header("RateLimit").orElseThrow()).contains("r=4;");
  }

  @Test
  void whoGuessesKeysIsLimitedByItsAddress() {
    for (int i = 0; i < 5; i++) {
      Answer wrong = withKey("aidb_guess_" + i);
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.header("RateLimit")).isPresent();
    }
    Answer refused = withKey("aidb_guess_5");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isPresent();
    assertThat(ask("192.0.2.6", PATH).status()).isEqualTo(429);
  }

  @Test
  void pagesOfForeignOriginsAreLimitedByTheirAddress() {
    for (int i = 0; i < 5; i++) {
      assertThat(fromPage().status()).isEqualTo(403);
    }
    assertThat(fromPage().status()).isEqualTo(429);
  }

  private static Answer fromPage() {
    return api.send(
        api.request(PATH)
            .header("X-Forwarded-For", "192.0.2.9")
            .header("Origin", "http://elsewhere.example")
            .GET());
  }

  private static Answer withKey(String key) {
    return api.send(
        api.request(PATH).header("X-Forwarded-For", "192.0.2.6").header("X-API-Key", key).GET());
  }

  @Test
  void withoutRedisItGoesOnAndSaysSo() {
    awaitRedis("ok");
    assertThat(api.metric("aidb_rate_limit_degraded")).isZero();
    redis.kill();
    for (int i = 0; i < 5; i++) {
      assertThat(ask("192.0.2.7", PATH).status()).isEqualTo(200);
    }
    assertThat(ask("192.0.2.7", PATH).status()).isEqualTo(429);
    assertThat(api.metric("aidb_rate_limit_degraded")).isEqualTo(1);
    assertThat(api.metric("aidb_redis_errors_total")).isPositive();
    awaitRedis("unavailable: it doesn't answer; limits are counted by each replica alone");
    assertThat(ask("192.0.2.8", "/health/ready").status()).isEqualTo(200);
    assertThat(api.get("/health/ready").text("/message")).startsWith("aidb is degraded: 1");

    redis.restart();
    awaitRedis("ok");
    assertThat(api.metric("aidb_rate_limit_degraded")).isZero();
  }

  private static void awaitRedis(String state) {
    Eventually.within(
        NOTICED_MAX,
        "health says of Redis: " + state,
        () -> api.get("/health").json().path("redis").asString("").equals(state));
  }
}
