package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.EmbeddingEndpoint;
import dev.aidb.testkit.EmbeddingEndpoint.Mood;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The endpoint that makes embeddings hangs or fails, and comes back. */
@Timeout(60)
class EmbeddingsBreakerTest {
  private static final int FAILURES = 3;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private static EmbeddingEndpoint endpoint;
  private static RunningServer server;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    endpoint = EmbeddingEndpoint.start();
    server =
        RunningServer.start(config ->
            endpoint
                .in(config)
                .with("embeddings.timeout", "PT0.5S")
                .with("embeddings.breaker_failures", FAILURES)
                .with("embeddings.breaker_open", "PT1.5S")
                .with("health.interval", "PT10M")); // or the probe takes part
    api = server.client();
    Answer stored =
        api.post(
            "/documents",
            Map.of("collection", "nixos_docs", "path", "numbat", "content", "a numbat"));
    assertThat(stored.status()).as(stored.body()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    endpoint.close();
    server.close();
  }

  @BeforeEach
  void startWell() {
    endpoint.is(Mood.WELL);
    Eventually.within(SOON, "searches are whole", () -> degraded(search()).isEmpty());
    assertThat(state()).isEqualTo("CLOSED");
  }

  /** With a text that no cache knows. */
  private static Answer search() {
    Answer answer =
        api.post("/vector/search", Map.of("query", "numbat " + NUMBERS.incrementAndGet()));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static String degraded(Answer answer) {
    return answer.text("/degraded/0");
  }

  private static String state() {
    return api.get("/health").text("/circuit_breakers/embeddings");
  }

  private static double failures() {
    return api.metric("aidb_circuit_breaker_failures_total{service=\"embeddings\"}");
  }

  private static double stateMetric() {
    return api.metric("aidb_circuit_breaker_state{service=\"embeddings\"}");
  }

  private static void assertOpenAfter(int failures) {
    double before = failures();
    for (int i = 0; i < failures; i++) {
      assertThat(state()).isEqualTo("CLOSED");
      Answer answer = search();
      assertThat(degraded(answer)).isEqualTo("embeddings");
      assertThat(answer.text("/mode")).isEqualTo("keyword");
      assertThat(answer.text("/results/0/content")).isEqualTo("a numbat");
    }
    assertThat(state()).isEqualTo("OPEN");
    assertThat(stateMetric()).isEqualTo(1);
    assertThat(failures() - before).isEqualTo(failures);
  }

  /** Searches that wait for nothing: the endpoint isn't even asked. */
  private static void assertKeywordsAtOnce() {
    int asked = endpoint.asked();
    for (int i = 0; i < 5; i++) {
      assertThat(degraded(search())).isEqualTo("embeddings");
    }
    assertThat(endpoint.asked()).isEqualTo(asked);
  }

  @Test
  void anEndpointThatHangsIsLeftAloneAndTriedAgain() throws Exception {
    endpoint.is(Mood.HANGS);
    assertOpenAfter(FAILURES);
    assertKeywordsAtOnce();

    int asked = endpoint.asked();
    try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> trial = client.submit(EmbeddingsBreakerTest::searchUntilItIsTried);
      Eventually.within(SOON, "a trial", () -> state().equals("HALF_OPEN"));
      assertThat(stateMetric()).isEqualTo(2);
      assertThat(degraded(search())).as("others don't wait for it").isEqualTo("embeddings");
      assertThat(endpoint.asked()).as("one trial").isEqualTo(asked + 1);
      assertThat(trial.get()).isTrue();
    }
    Eventually.within(SOON, "a failed trial opens it again", () -> state().equals("OPEN"));

    endpoint.letGo();
    endpoint.is(Mood.WELL);
    Eventually.within(SOON, "whole again", () -> degraded(search()).isEmpty());
    assertThat(state()).isEqualTo("CLOSED");
    assertThat(stateMetric()).isZero();
  }

  private static boolean searchUntilItIsTried() {
    int before = endpoint.asked();
    Eventually.within(
        SOON,
        "tried",
        () -> {
          var unused = search();
          return endpoint.asked() > before;
        });
    return true;
  }

  @Test
  void anEndpointThatFailsIsLeftAloneToo() {
    endpoint.is(Mood.FAILS);
    assertOpenAfter(FAILURES);
    assertKeywordsAtOnce();
    assertThat(api.get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void healthNamesTheBreakersOfServicesThatAreOrMayBeThere() {
    assertThat(api.get("/health").json().path("circuit_breakers").propertyNames())
        .containsExactlyInAnyOrder("embeddings", "qdrant", "llama_cpp");
  }
}
