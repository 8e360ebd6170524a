package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.EmbeddingEndpoint;
import dev.aidb.testkit.EmbeddingEndpoint.Mood;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More work than the server takes on: one place, and that one held by a search that is slow. */
@Timeout(60)
class OverloadTest {
  private static final int STORM = 40;
  private static final Duration SOON = Duration.ofSeconds(10);

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
                .with("embeddings.timeout", "PT1M")
                .with("server.concurrency", 1)
                .with("server.queue_timeout", "PT0.05S")
                .with("health.interval", "PT10M"));
    api = server.client();
    assertThat(api.contract()).isNotNull();
  }

  @AfterAll
  static void stop() {
    endpoint.close();
    server.close();
  }

  private static Answer search(String text) {
    return api.post("/vector/search", Map.of("query", text));
  }

  @Test
  void shedsWhatItCannotDoInTimeAndServesAllAfterwards() throws Exception {
    endpoint.is(Mood.HANGS);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> slow = clients.submit(() -> search("the slow one"));
      Eventually.within(SOON, "it is at work", () -> endpoint.hanging() == 1);
      List<Future<Answer>> storm = new ArrayList<>();
      for (int i = 0; i < STORM; i++) {
        String text = "one of many " + i;
        storm.add(clients.submit(() -> search(text)));
      }
      for (Future<Answer> refused : storm) {
        Answer answer = refused.get();
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.text("/code")).isEqualTo("overloaded");
        assertThat(answer.header("Retry-After")).isPresent();
      }
      assertThat(api.get("/health/live").status()).isEqualTo(200);
      assertThat(api.get("/health/ready").status()).isEqualTo(200);
      assertThat(api.metric("aidb_requests_shed_total")).isEqualTo(STORM);
      assertThat(api.metric("aidb_requests_working")).isEqualTo(1);
      assertThat(endpoint.asked()).as("nobody worked for those refused").isLessThanOrEqualTo(2);

      endpoint.is(Mood.WELL);
      endpoint.letGo();
      assertThat(slow.get().status()).isEqualTo(200);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(search("after the storm " + i).status()).isEqualTo(200);
    }
    assertThat(api.metric("aidb_requests_shed_total")).isEqualTo(STORM);
    assertThat(api.metric("aidb_requests_working")).isZero();
    assertThat(api.metric("aidb_requests_waiting")).isZero();
  }
}
