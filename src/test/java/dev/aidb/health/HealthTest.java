package dev.aidb.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.metrics.Metrics;
import dev.aidb.operation.Call;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operations;
import dev.aidb.operation.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HealthTest {
  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-11-21T00:00:00Z"), ZoneOffset.UTC);

  private final Metrics metrics = new Metrics("test");
  private final StartupState startup = new StartupState();
  private final AtomicBoolean databaseUp = new AtomicBoolean(true);
  private final AtomicBoolean modelUp = new AtomicBoolean(true);
  private final Health health =
      new Health(
          new Health.Build("test", java.time.Instant.EPOCH),
          NOW,
          startup,
          List.of(
              probe(Health.DATABASE, true, databaseUp), probe(Health.EMBEDDINGS, false, modelUp)),
          Map::of,
          new HealthMetrics(metrics.registry()));

  @AfterEach
  void close() {
    health.close();
  }

  @Test
  void declaresValidOperations() {
    assertThat(Operations.of(health.operations()).list()).hasSize(5);
  }

  @Test
  void isNotReadyBeforeTheFirstFindingsAndReadyRightAfter() {
    finishStartup();
    assertThat(health.ready().message())
        .isEqualTo("aidb is not ready: 1 critical dependencies unhealthy");
    health.start();
    await(() -> health.ready().message().equals("aidb is ready"));
    assertThat(health.ready().status()).isEqualTo(CheckStatus.HEALTHY);
  }

  @Test
  void saysWhenTheStartIsOver() {
    assertThat(health.startup().message()).isEqualTo("aidb startup in progress");
    assertThat(health.startup().status().httpStatus()).isEqualTo(503);
    finishStartup();
    assertThat(health.startup().message()).isEqualTo("aidb startup complete");
    assertThat(health.startup().details()).containsEntry("startup_complete", true);
  }

  @Test
  void failsAfterSeveralFailuresAndRecoversAfterSeveralSuccesses() throws Exception {
    ProbeRun run =
        new ProbeRun(
            probe(Health.DATABASE, true, databaseUp),
            new HealthMetrics(new Metrics("t").registry()));
    run.once();
    databaseUp.set(false);
    run.once();
    run.once();
    assertThat(run.finding().healthy()).isTrue();
    run.once();
    assertThat(run.finding().healthy()).isFalse();
    assertThat(run.finding().error()).hasValue("postgresql is down");
    databaseUp.set(true);
    run.once();
    assertThat(run.finding().healthy()).isFalse();
    run.once();
    assertThat(run.finding().healthy()).isTrue();
  }

  @Test
  void countsOnlyFailuresInARow() throws Exception {
    ProbeRun run =
        new ProbeRun(
            probe(Health.DATABASE, true, databaseUp),
            new HealthMetrics(new Metrics("t").registry()));
    run.once();
    for (int i = 0; i < 4; i++) {
      databaseUp.set(false);
      run.once();
      run.once();
      databaseUp.set(true);
      run.once();
      assertThat(run.finding().healthy()).isTrue();
    }
  }

  @Test
  void degradesWithoutANonCriticalDependency() {
    finishStartup();
    modelUp.set(false);
    health.start();
    await(() -> health.ready().status() == CheckStatus.DEGRADED);
    assertThat(health.ready().message())
        .isEqualTo("aidb is degraded: 1 non-critical dependencies unhealthy");
    assertThat(health.ready().status().httpStatus()).isEqualTo(200);
    assertThat(health.readyz(true).text())
        .isEqualTo("[+]startup ok\n[+]not-stopping ok\n[+]postgresql ok\nok");
  }

  @Test
  void showsDependenciesAtAGlance() {
    finishStartup();
    health.start();
    await(() -> overview().status() == 200);
    assertThat(overview().body())
        .isEqualTo(
            new Overview(
                "ok",
                "ok",
                "disabled",
                "ok",
                "disabled",
                "disabled",
                "0 servers cached",
                java.util.Map.of()));
    databaseUp.set(false);
    await(() -> overview().status() == 503);
    assertThat(overview().body().database()).isEqualTo("unavailable: postgresql is down");
    assertThat(overview().body().status()).isEqualTo("error");
  }

  @Test
  void isNotReadyWhileStopping() {
    finishStartup();
    health.start();
    await(() -> health.ready().status() == CheckStatus.HEALTHY);
    health.stopping();
    assertThat(health.ready().status()).isEqualTo(CheckStatus.UNHEALTHY);
    assertThat(health.readyz(false).ok()).isFalse();
    assertThat(health.live().status()).isEqualTo(CheckStatus.HEALTHY);
  }

  @Test
  void answersWhileAProbeHangs() {
    CountDownLatch never = new CountDownLatch(1);
    Probe hanging =
        new Probe(
            Health.DATABASE,
            true,
            Duration.ofMillis(50),
            Duration.ofMillis(5),
            3,
            2,
            () -> {
              never.await(1, TimeUnit.HOURS);
              return null;
            });
    try (Health stuck =
        new Health(
                new Health.Build("test", java.time.Instant.EPOCH),
                NOW,
                startup,
                List.of(hanging),
                Map::of,
                new HealthMetrics(new Metrics("t").registry()))
            .start()) {
      finishStartup();
      assertThat(stuck.ready().status()).isEqualTo(CheckStatus.UNHEALTHY);
      await(() -> stuck.findings().getFirst().error().orElse("").contains("no answer within"));
    }
  }

  @Test
  void measuresProbesAndAnswers() {
    finishStartup();
    health.start();
    await(() -> health.ready().status() == CheckStatus.HEALTHY);
    call("check_readiness");
    String scrape = new String(metrics.expose("").body(), StandardCharsets.UTF_8);
    assertThat(scrape)
        .contains(
            "dependency_health_status{check_type=\"readiness\",dependency=\"postgresql\"} 1.0",
            "health_check_total{check_type=\"readiness\",service=\"aidb\",status=\"healthy\"} 1.0",
            "health_check_total{check_type=\"liveness\",service=\"aidb\",status=\"healthy\"} 0.0",
            "service_health_status{check_type=\"readiness\",service=\"aidb\"} 1.0",
            "health_check_duration_seconds_count{check_type=\"readiness\",service=\"aidb\"} 1");
  }

  private Reply<Overview> overview() {
    Reply<?> reply = call("get_health");
    return new Reply<>(reply.status(), (Overview) reply.body(), reply.headers());
  }

  private Reply<?> call(String name) {
    Operation<?, ?> operation =
        health.operations().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
    @SuppressWarnings("unchecked")
    Handler.Unary<Nothing, ?> handler = (Handler.Unary<Nothing, ?>) operation.handler();
    return handler.handle(
        new Nothing(),
        new Call(
            "r1",
            new Caller("anonymous", Set.of(), Optional.empty()),
            Deadline.in(Duration.ofSeconds(1))));
  }

  private void finishStartup() {
    for (StartupState.Stage stage : StartupState.Stage.values()) {
      startup.done(stage);
    }
  }

  private static Probe probe(String name, boolean critical, AtomicBoolean up) {
    return new Probe(
        name,
        critical,
        Duration.ofSeconds(5),
        Duration.ofMillis(5),
        3,
        2,
        () -> {
          if (!up.get()) {
            throw AidbException.unavailable(name + " is down", Duration.ofSeconds(1), null);
          }
          return null;
        });
  }

  private static void await(BooleanSupplier condition) {
    for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
