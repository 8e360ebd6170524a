package dev.aidb.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import dev.aidb.embedding.RemoteSettings.Protocol;
import dev.aidb.resilience.Breaker;
import dev.aidb.resilience.Breakers;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class RemoteModelTest {
  private final AtomicInteger requests = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> keys = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private volatile HttpHandler handler = exchange -> answer(exchange, 500, "");

  @TempDir private Path dir;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          bodies.add(exchange.getRequestURI() + " " + read(exchange));
          String key = exchange.getRequestHeaders().getFirst("Authorization");
          keys.add(key == null ? "" : key);
          handler.handle(exchange);
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void speaksToOpenAiCompatibleEndpoints() {
    answerWith(
        "{\"object\":\"list\",\"usage\":{\"prompt_tokens\":3},\"data\":["
            + "{\"index\":1,\"embedding\":[0,2]},{\"embedding\":[3,4],\"index\":0,\"x\":[{}]}]}");
    try (RemoteModel model = model(Protocol.OPENAI, 2)) {
      List<Embedding> embeddings = model.embed(List.of("first \"text\"", "second"));

      assertThat(embeddings.get(0).vector()).containsExactly(0.6f, 0.8f);
      assertThat(embeddings.get(1).vector()).containsExactly(0f, 1f);
    }
    assertThat(bodies)
        .containsExactly(
            "/v1/embeddings {\"model\":\"m\",\"encoding_format\":\"float\","
                + "\"input\":[\"first \\\"text\\\"\",\"second\"]}");
    assertThat(keys).containsExactly("");
  }

  @Test
  void speaksToTextEmbeddingsInference() {
    answerWith("[[0.5,0.5],[-1,0]]");
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      List<Embedding> embeddings = model.embed(List.of("a", "b"));

      assertThat(Vectors.isUnit(embeddings.get(0).vector())).isTrue();
      assertThat(embeddings.get(1).vector()).containsExactly(-1f, 0f);
      assertThat(model.embed(List.of())).isEmpty();
    }
    assertThat(bodies).containsExactly("/embed {\"truncate\":true,\"inputs\":[\"a\",\"b\"]}");
  }

  @Test
  void asksForTheDimensionWhereItIsNotKnown() {
    answerWith("[[1,2,3]]");
    try (RemoteModel model = model(Protocol.TEI, 0)) {
      assertThat(model.dimension()).isEqualTo(3);
      assertThat(model.name()).isEqualTo("m");
    }
    handler = exchange -> answer(exchange, 500, "");
    assertThatThrownBy(() -> model(Protocol.TEI, 0))
        .isInstanceOfSatisfying(StartFailure.class, e -> assertThat(e.advice()).isNotBlank());
  }

  @Test
  void sendsTheKeyOfTheFileAsItIsNow() throws IOException {
    Path file = Files.writeString(dir.resolve("key"), "secret-1\n");
    answerWith("[[1,2]]");
    try (RemoteModel model =
        new RemoteModel(
            RemoteSettings.of(base(), Protocol.TEI, "m", 2).with(ApiKey.inFile(file)), breaker())) {
      model.embed(List.of("a"));
      Files.writeString(file, "secret-2");
      model.embed(List.of("a"));
      Files.writeString(file, "no\nkey");
      assertUnavailable(model);
    }
    assertThat(keys).containsExactly("Bearer secret-1", "Bearer secret-2");
    Files.delete(file);
    RemoteSettings settings =
        RemoteSettings.of(base(), Protocol.TEI, "m", 2).with(ApiKey.inFile(file));
    assertThatThrownBy(() -> new RemoteModel(settings, breaker())).isInstanceOf(StartFailure.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{}",
        "[]",
        "[[1,2]",
        "[[1,2],[3,4]]",
        "[[1,2,3]]",
        "[[1]]",
        "[[]]",
        "[[0,0]]",
        "[[1,null]]",
        "[[1,\"NaN\"]]",
        "[[NaN,1]]",
        "[[1e999,1]]",
        "[[1,[2]]]",
        "[{\"a\":1}]",
        "{\"error\":\"model is loading\"}"
      })
  void refusesAnAnswerThatIsNotWhatWasAskedFor(String body) {
    answerWith(body);
    for (Protocol protocol : Protocol.values()) {
      try (RemoteModel model = model(protocol, 2)) {
        assertUnavailable(model);
      }
    }
    assertThat(requests).hasValue(2); // asking again would give the same
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":[]}",
        "{\"data\":{}}",
        "{\"data\":[{\"index\":1,\"embedding\":[1,2]}]}",
        "{\"data\":[{\"index\":-1,\"embedding\":[1,2]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}]}",
        "{\"data\":[{\"index\":0}]}",
        "{\"data\":[{\"embedding\":\"AAAA\"}]}"
      })
  void refusesAnOpenAiAnswerThatDoesNotFit(String body) {
    answerWith(body);
    try (RemoteModel model = model(Protocol.OPENAI, 2)) {
      assertUnavailable(model);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void triesAgainWhenTheEndpointIsBusy(int status) {
    handler =
        exchange -> {
          boolean busy = requests.get() < 3;
          answer(exchange, busy ? status : 200, busy ? "" : "[[1,2]]");
        };
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      assertThat(model.embed(List.of("a"))).hasSize(1);
    }
    assertThat(requests).hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 400, 401, 404, 413, 500})
  void doesNotTryAgainWhereItWouldBeTheSame(int status) {
    handler = exchange -> answer(exchange, status, "");
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      assertUnavailable(model);
    }
    assertThat(requests).hasValue(1);
  }

  @Test
  void retriesHaveABudget() {
    handler = exchange -> answer(exchange, 503, "");
    Duration minute = Duration.ofMinutes(1);
    Breaker patient = new Breaker("embeddings", new Breaker.Rule(1_000, minute, minute), () -> {});
    RemoteSettings settings = RemoteSettings.of(base(), Protocol.TEI, "m", 2);
    try (RemoteModel model = new RemoteModel(settings, patient)) {
      for (int i = 0; i < 8; i++) {
        assertUnavailable(model);
      }
    }
    assertThat(requests).hasValue(8 + 10);
  }

  @Test
  void anEndpointThatIsDownIsUnavailable() {
    server.stop(0);
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      assertUnavailable(model);
    }
  }

  @Test
  void aConnectionThatBreaksIsTriedAgain() {
    handler =
        exchange -> {
          if (requests.get() == 1) {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("[[1".getBytes(StandardCharsets.UTF_8));
            exchange.close(); // in the middle of the body
          } else {
            answer(exchange, 200, "[[1,2]]");
          }
        };
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      assertThat(model.embed(List.of("a"))).hasSize(1);
    }
    assertThat(requests).hasValue(2);
  }

  @Test
  void aBodyBeyondTheBoundIsNotReadToItsEnd() {
    handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = " ".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
          while (true) { // ends when the client hangs up
            exchange.getResponseBody().write(chunk);
          }
        };
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      assertUnavailable(model);
    }
    assertThat(requests).hasValue(1);
  }

  @Test
  void waitsNoLongerThanTheDeadline() {
    handler = RemoteModelTest::dripBody;
    try (RemoteModel model = model(Protocol.TEI, 2)) {
      assertThatThrownBy(() ->
              ScopedValue.where(Deadline.CURRENT, Deadline.in(Duration.ofMillis(100)))
                  .call(() -> model.embed(List.of("a"))))
          .isInstanceOfSatisfying(
              AidbException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    }
  }

  @Test
  void waitsNoLongerThanItsOwnTimeout() {
    handler = RemoteModelTest::dripBody;
    RemoteSettings settings =
        new RemoteSettings(
            base(), Protocol.TEI, "m", 2, 512, ApiKey.none(), Duration.ofMillis(100), 1_000, 3);
    try (RemoteModel model = new RemoteModel(settings, breaker())) {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(Duration.ofSeconds(20)))
          .run(() -> assertUnavailable(model));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://localhost", "localhost:80", "/embed", "file:///etc/passwd"})
  void refusesAnAddressThatIsNotOfTheWeb(String address) {
    assertThatThrownBy(() -> RemoteSettings.of(URI.create(address), Protocol.TEI, "m", 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void dripBody(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try {
      for (int i = 0; i < 500; i++) {
        exchange.getResponseBody().write(' ');
        exchange.getResponseBody().flush();
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answerWith(String body) {
    handler = exchange -> answer(exchange, 200, body);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String read(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  private URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private RemoteModel model(Protocol protocol, int dimension) {
    return new RemoteModel(RemoteSettings.of(base(), protocol, "m", dimension), breaker());
  }

  private static void assertUnavailable(RemoteModel model) {
    assertThatThrownBy(() -> model.embed(List.of("a")))
        .isInstanceOfSatisfying(
            AidbException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(e.retryAfter()).isPresent();
            });
  }

  private static Breaker breaker() {
    return new Breakers(new PrometheusRegistry(), false).of(Breakers.EMBEDDINGS);
  }

  @Test
  void asksNoMoreOnceTheBreakerIsOpen() {
    AtomicInteger asked = new AtomicInteger();
    handler =
        exchange -> {
          asked.incrementAndGet();
          answer(exchange, 500, "");
        };
    Breaker breaker = breaker();
    RemoteSettings settings = RemoteSettings.of(base(), Protocol.TEI, "m", 2);
    try (RemoteModel model = new RemoteModel(settings, breaker)) {
      for (int i = 0; i < 20; i++) {
        assertUnavailable(model);
      }
    }
    assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    assertThat(asked).hasValue(5);
  }
}
