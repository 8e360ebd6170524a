package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.ChatServer;
import dev.aidb.testkit.EmbeddingEndpoint;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The language model and the embedding model answer, fail and hang behind a whole server. */
@Timeout(90)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContextOutageTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static ChatServer model;
  private static EmbeddingEndpoint embeddings;
  private static RunningServer server;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    model = ChatServer.start();
    embeddings = EmbeddingEndpoint.start();
    server =
        RunningServer.start(config ->
            embeddings
                .in(model.in(config))
                .with("llm.timeout", "PT1S")
                .with("embeddings.timeout", "PT0.5S")
                .with("health.interval", "PT0.2S"));
    api = server.client();
    Answer stored =
        api.post(
            "/documents",
            Map.of(
                "collection",
                "nixos_docs",
                "path",
                "ports",
                "title",
                "Ports",
                "content",
                "A numbat port is opened with allowedTCPPorts."));
    assertThat(stored.status()).as(stored.body()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
    embeddings.close();
  }

  private static JsonNode ask(boolean generate) {
    Answer answer =
        api.post("/hybrid/query", Map.of("query", "open a numbat port", "generate", generate));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static String health() {
    return api.get("/health").text("/llama_cpp");
  }

  @Test
  @Order(1)
  void aModelAnswersWhereItIsAskedTo() {
    Eventually.within(SOON, "the model is probed", () -> health().equals("ok"));

    assertThat(ask(false).has("answer")).isFalse();
    assertThat(model.asked()).isZero();

    JsonNode answer = ask(true);
    assertThat(answer.path("answer").asString()).isEqualTo("Open it with allowedTCPPorts.");
    assertThat(answer.path("model").asString()).isEqualTo("tiny");
    assertThat(answer.has("degraded")).isFalse();
    assertThat(model.lastQuestion().at("/messages/1/content").asString())
        .startsWith(answer.path("context").asString())
        .endsWith("Question:\nopen a numbat port");
  }

  @Test
  @Order(2)
  void withoutTheEmbeddingModelWordsMustDo() {
    embeddings.is(EmbeddingEndpoint.Mood.FAILS);

    Answer turn = api.post("/context/multi_turn", Map.of("query", "which numbat ports are open"));

    assertThat(turn.status()).as(turn.body()).isEqualTo(200);
    assertThat(turn.text("/degraded/0")).isEqualTo("embeddings");
    assertThat(turn.text("/context")).contains("A numbat port is opened");
    embeddings.is(EmbeddingEndpoint.Mood.WELL);
  }

  @Test
  @Order(3)
  void aModelThatHangsOrFailsIsDoneWithoutAndLeftAlone() {
    model.is(ChatServer.Mood.HANGS);
    int before = model.asked();
    JsonNode answer = ask(true);
    assertThat(answer.has("answer")).isFalse();
    assertThat(answer.path("degraded").get(0).asString()).isEqualTo("llama_cpp");
    assertThat(answer.path("context").asString()).contains("allowedTCPPorts");
    Eventually.within(SOON, "health says so", () -> health().startsWith("unavailable: "));
    assertThat(api.get("/health/ready").status()).isEqualTo(200);

    model.is(ChatServer.Mood.FAILS);
    for (int i = 0; i < 5; i++) {
      assertThat(ask(true).path("degraded").get(0).asString()).isEqualTo("llama_cpp");
    }
    assertThat(model.asked() - before).isEqualTo(3);
    assertThat(api.get("/health").text("/circuit_breakers/llama_cpp")).isEqualTo("OPEN");
    assertThat(api.metric("aidb_context_generated_total{result=\"failed\"}")).isEqualTo(6);
  }
}
