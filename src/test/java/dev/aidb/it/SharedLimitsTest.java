package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.config.Config;
import dev.aidb.keys.KeyScope;
import dev.aidb.keys.KeysForTests;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import dev.aidb.testkit.RealRedis;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Three servers that count together in one Redis. */
class SharedLimitsTest {
  private static final int SERVERS = 3;
  private static final int PER_MINUTE = 20;
  private static final String PATH = "/collections";
  private static final String PEPPER = "the pepper that all three share, by a file";
  private static final Duration NOTICED_MAX = Duration.ofSeconds(20);

  private static final AtomicInteger addresses = new AtomicInteger();

  private static RealRedis redis;
  private static List<RunningServer> servers;

  private static KeysForTests keys;
  private static Database database;

  @BeforeAll
  static void start() {
    redis = RealRedis.start();
    DatabaseEndpoint endpoint = PostgresForTests.freshEndpoint();
    servers =
        Stream.generate(() -> RunningServer.start(config -> replica(config, endpoint)))
            .limit(SERVERS)
            .toList();
    database = Database.open(endpoint, PoolSettings.defaults());
    keys = KeysForTests.of(database, PEPPER);
  }

  private static Config replica(Config config, DatabaseEndpoint endpoint) {
    return config
        .with("database.host", endpoint.host())
        .with("database.mode", "external")
        .with("database.port", endpoint.port())
        .with("database.name", endpoint.name())
        .with("database.user", endpoint.user())
        .with("database.password", endpoint.password())
        .with("database.pool.size", 2)
        .with("auth.pepper", PEPPER)
        .with("redis.host", "127.0.0.1")
        .with("redis.port", redis.port())
        .with("redis.timeout", "PT5S")
        .with("rate_limit.enabled", true)
        .with("rate_limit.store", "redis")
        .with("rate_limit.per_minute", PER_MINUTE)
        .with("rate_limit.trusted_proxies", "127.0.0.1")
        .with("health.interval", "PT0.1S");
  }

  @AfterAll
  static void stop() {
    database.close();
    servers.forEach(RunningServer::close);
    redis.close();
  }

  @Test
  void togetherTheyAdmitWhatOneWouldAndWithoutRedisEachDoes() throws Exception {
    awaitHealth("ok", "CLOSED");
    assertThat(admitted("192.0.2.1")).isEqualTo(PER_MINUTE);
    assertThat(admitted("2001:db8::1")).isEqualTo(PER_MINUTE);

    redis.kill();
    assertThat(admitted("192.0.2.2")).isEqualTo(SERVERS * PER_MINUTE);
    awaitHealth("unavailable: ", "OPEN");

    redis.restart();
    awaitHealth("ok", "CLOSED");
    assertThat(admitted("192.0.2.3")).isEqualTo(PER_MINUTE);
  }

  @Test
  void aKeyHasOneBudgetWhereverItComesFrom() throws Exception {
    String key = keys.create("shared", KeyScope.READ);
    String later = keys.create("later", KeyScope.READ); // who knows it knows the other one too
    for (RunningServer server : servers) {
      Eventually.within(
          NOTICED_MAX,
          "the keys are known",
          () -> ask(server.client(), "198.51.100." + addresses.incrementAndGet(), later) != 401);
    }
    assertThat(admitted(api -> ask(api, "198.51.100." + addresses.incrementAndGet(), key)))
        .isEqualTo(PER_MINUTE);
  }

  /**
   * How many requests of an address all servers admit together; the others are refused with 429.
   */
  private static long admitted(String client) throws Exception {
    return admitted(
        api -> api.send(api.request(PATH).header("X-Forwarded-For", client).GET()).status());
  }

  private static int ask(ApiClient api, String client, String key) {
    return api.send(
            api.request(PATH).header("X-Forwarded-For", client).header("X-API-Key", key).GET())
        .status();
  }

  /** Asks each server more than a client may, all at once. */
  private static long admitted(ToIntFunction<ApiClient> asking) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2 * SERVERS)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < PER_MINUTE + 1; i++) {
        for (RunningServer server : servers) {
          answers.add(threads.submit(() -> asking.applyAsInt(server.client())));
        }
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get());
      }
      assertThat(statuses).containsOnly(200, 429);
      return statuses.stream().filter(status -> status == 200).count();
    }
  }

  private static void awaitHealth(String state, String breaker) {
    for (RunningServer server : servers) {
      Eventually.within(
          NOTICED_MAX,
          "health says of Redis: " + state + ", " + breaker,
          () -> {
            JsonNode health = server.client().get("/health").json();
            return health.path("redis").asString("").startsWith(state)
                && health.path("circuit_breakers").path("redis").asString("").equals(breaker);
          });
    }
  }
}
