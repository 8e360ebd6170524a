package dev.aidb.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.resilience.Breaker.State;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final Duration OPEN = Duration.ofMillis(300);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Breakers breakers =
      new Breakers(
          registry,
          true,
          Map.of(Breakers.REDIS, new Breaker.Rule(3, OPEN, Duration.ofMillis(200))));
  private final Breaker breaker = breakers.of(Breakers.REDIS);
  private final AtomicInteger calls = new AtomicInteger();

  private void fail() {
    fail(AidbException.unavailable("down", Duration.ofSeconds(1), null));
  }

  private void fail(RuntimeException failure) {
    assertThatThrownBy(() ->
            breaker.call(() -> {
              calls.incrementAndGet();
              throw failure;
            }))
        .isSameAs(failure);
  }

  private String work() {
    return breaker.call(() -> {
      calls.incrementAndGet();
      return "done";
    });
  }

  private void assertRefused() {
    int before = calls.get();
    assertThatThrownBy(this::work)
        .isInstanceOfSatisfying(
            AidbException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(e.retryAfter()).isPresent();
            });
    assertThat(calls).hasValue(before);
  }

  private void open() {
    fail();
    fail();
    fail();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void opensAfterSoManyFailuresInARowAndRefusesWithoutCalling() {
    fail();
    fail();
    assertThat(work()).isEqualTo("done");
    fail();
    fail();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail();

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertRefused();
  }

  @Test
  void oneTrialClosesIt() {
    open();
    sleep(OPEN.plusMillis(50));

    assertThat(work()).isEqualTo("done");
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aTrialThatFailsKeepsItOpenForAnotherWhile() {
    open();
    sleep(OPEN.plusMillis(50));
    fail();

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertRefused();
  }

  @Test
  void onlyOneTrialIsMadeAtATime() throws InterruptedException {
    open();
    sleep(OPEN.plusMillis(50));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Thread trial =
        Thread.startVirtualThread(() -> {
          var unused =
              breaker.call(() -> {
                begun.countDown();
                await(mayEnd);
                return "done";
              });
        });
    begun.await();

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertRefused();
    assertRefused();
    mayEnd.countDown();
    trial.join();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void slowCallsCountAsFailures() {
    for (int i = 0; i < 3; i++) {
      breaker.call(() -> {
        sleep(Duration.ofMillis(230));
        return "late";
      });
    }

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void slowAndFailingByTurnsOpensItToo() {
    fail();
    breaker.call(() -> {
      sleep(Duration.ofMillis(230));
      return "late";
    });
    fail();

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aCallersOwnFaultDoesNotCount() {
    for (int i = 0; i < 10; i++) {
      fail(AidbException.invalid("query", "blank", "must not be blank"));
    }

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void stateAndFailuresAreMetrics() throws IOException {
    assertThat(page())
        .contains("aidb_circuit_breaker_state{service=\"redis\"} 0.0")
        .contains("aidb_circuit_breaker_failures_total{service=\"redis\"} 0.0");
    open();
    assertRefused();

    assertThat(page())
        .contains("aidb_circuit_breaker_state{service=\"redis\"} 1.0")
        .contains("aidb_circuit_breaker_failures_total{service=\"redis\"} 3.0");
    assertThat(breakers.states()).containsExactly(Map.entry("redis", "OPEN"));
  }

  private String page() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter.builder()
        .build()
        .write(out, registry.scrape());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theUsualOnesAreThereFromTheStart() {
    assertThat(new Breakers(new PrometheusRegistry(), false).states())
        .containsExactly(
            Map.entry("embeddings", "CLOSED"),
            Map.entry("qdrant", "CLOSED"),
            Map.entry("llama_cpp", "CLOSED"));
  }
}
