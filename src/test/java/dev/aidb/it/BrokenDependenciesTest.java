package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RealRedis;
import dev.aidb.testkit.RunningServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the checks of a server say, and how soon, while what it depends on is really broken. */
@Timeout(180)
class BrokenDependenciesTest {
  private static final Duration NOTICED_MAX = Duration.ofSeconds(40);
  private static final List<String> CHECKS =
      List.of("/health", "/health/live", "/health/ready", "/health/startup", "/livez", "/readyz");
  private static final int ROUNDS = 20;

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
                .with("rate_limit.enabled", true)
                .with("rate_limit.store", "redis")
                .with("health.interval", "PT0.2S"));
    api = server.client();
    Eventually.within(NOTICED_MAX, "ready", () -> readiness("aidb is ready"));
  }

  @AfterAll
  static void stop() {
    server.close();
    redis.close();
  }

  private static boolean readiness(String message) {
    return api.get("/health/ready").text("/message").equals(message);
  }

  @Test
  void aRedisThatRefusesDegradesAndComesBack() {
    redis.kill();
    try {
      Eventually.within(
          NOTICED_MAX,
          "degraded",
          () -> readiness("aidb is degraded: 1 non-critical dependencies unhealthy"));
      assertThat(api.get("/health/ready").status()).isEqualTo(200);
      assertThat(api.get("/health/ready").text("/status")).isEqualTo("degraded");
      assertThat(api.get("/readyz").body()).isEqualTo("ok");
      assertThat(api.get("/health").status()).isEqualTo(200);
      assertThat(api.get("/health").text("/redis")).startsWith("unavailable: ");
      answersAtOnce();
    } finally {
      redis.restart();
    }
    Eventually.within(NOTICED_MAX, "ready again", () -> readiness("aidb is ready"));
  }

  @Test
  void aRedisThatIsSilentDegradesAndComesBack() {
    redis.freeze();
    try {
      Eventually.within(
          NOTICED_MAX,
          "degraded",
          () -> readiness("aidb is degraded: 1 non-critical dependencies unhealthy"));
      assertThat(api.get("/health").text("/redis")).startsWith("unavailable: ");
      answersAtOnce();
    } finally {
      redis.thaw();
    }
    Eventually.within(NOTICED_MAX, "ready again", () -> readiness("aidb is ready"));
  }

  @Test
  void aDatabaseThatIsSilentMakesUnready() throws Exception {
    ProcessHandle postmaster = server.postgres();
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    postmaster.descendants().forEach(all::add);
    signal("-STOP", all);
    try {
      answersAtOnce();
      Eventually.within(NOTICED_MAX, "unready", () -> api.get("/readyz").status() == 503);
      Answer ready = api.get("/health/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.text("/message"))
          .isEqualTo("aidb is not ready: 1 critical dependencies unhealthy");
      Answer glance = api.get("/health");
      assertThat(glance.status()).isEqualTo(503);
      assertThat(glance.text("/status")).isEqualTo("error");
      assertThat(glance.text("/database")).startsWith("unavailable: ");
      assertThat(api.get("/livez").status()).isEqualTo(200);
      assertThat(api.get("/health/detailed").status()).isEqualTo(200);
      answersAtOnce();
    } finally {
      signal("-CONT", all);
    }
    Eventually.within(NOTICED_MAX, "ready again", () -> readiness("aidb is ready"));
  }

  /** Half of the answers within 10 ms, since a busy machine may hold up some; none waits. */
  private static void answersAtOnce() {
    for (String check : CHECKS) {
      List<Duration> took = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        api.get(check);
        took.add(Duration.ofNanos(System.nanoTime() - start));
      }
      took.sort(null);
      assertThat(took.get(ROUNDS / 2)).as(check).isLessThanOrEqualTo(Duration.ofMillis(10));
      assertThat(took.getLast()).as(check).isLessThan(Duration.ofSeconds(1));
    }
  }

  private static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", name));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    Process kill = new ProcessBuilder(command).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }
}
