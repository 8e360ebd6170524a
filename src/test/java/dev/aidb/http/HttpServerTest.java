package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import dev.aidb.guard.ClientAddresses;
import dev.aidb.guard.Network;
import dev.aidb.guard.Refusal;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HttpServerTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void answersJsonWithTheUsualHeaders() {
    HttpResponse<String> answer = server.post("/echo", "{\"text\":\"héllo\"}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"said\":\"héllo\"}");
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(answer.headers().firstValue("x-said")).hasValue("yes");
    assertThat(answer.headers().firstValue("x-request-id").orElseThrow())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  }

  @Test
  void echoesASaneRequestId() {
    assertThat(server.get("/plain", "X-Request-ID", "a.B_9-z").headers().firstValue("x-request-id"))
        .hasValue("a.B_9-z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "<script>", "ä"})
  void replacesAnOddRequestId(String id) throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      String answer =
          raw.send("GET /plain HTTP/1.1\r\n" + raw.host() + "X-Request-ID: " + id + "\r\n\r\n")
              .until("\r\n\r\n");
      assertThat(answer).contains("X-Request-ID: 0").doesNotContain(id);
    }
  }

  @Test
  void replacesARequestIdThatIsTooLong() {
    assertThat(
            server
                .get("/plain", "X-Request-ID", "a".repeat(129))
                .headers()
                .firstValue("x-request-id")
                .orElseThrow())
        .hasSize(36);
    assertThat(
            server
                .get("/plain", "X-Request-ID", "a".repeat(128))
                .headers()
                .firstValue("x-request-id"))
        .hasValue("a".repeat(128));
  }

  @Test
  void bindsPathAndQuery() {
    assertThat(server.get("/items/a%2Fb%20c+d?tag=x%26y+z").body())
        .isEqualTo("{\"said\":\"a/b c+d x&y z\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/items/%ff", "/items/x?tag=%C3"})
  void refusesAddressesThatAreNotUtf8(String path) throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      assertThat(raw.send("GET " + path + " HTTP/1.1\r\n" + raw.host() + "\r\n").until("}"))
          .startsWith("HTTP/1.1 400")
          .contains("application/problem+json", "\"code\":\"bad_request\"");
    }
  }

  @Test
  void answersHeadWithTheLengthAlone() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send("HEAD /plain HTTP/1.1\r\n" + raw.host() + "\r\n");
      raw.send("GET /plain HTTP/1.1\r\n" + raw.host() + "\r\n");
      String both = raw.until("\r\n\r\nhi");
      assertThat(both.split("HTTP/1.1 200", -1)).hasSize(3);
      assertThat(both.split("Content-Length: 2", -1)).hasSize(3);
    }
  }

  @Test
  void answersUnknownPathsWithAProblem() {
    HttpResponse<String> answer = server.get("/no/such?secret=1", "X-Request-ID", "r1");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    JsonNode problem = TestServer.json(answer.body());
    assertThat(problem.get("code").asString()).isEqualTo("not_found");
    assertThat(problem.get("status").asInt()).isEqualTo(404);
    assertThat(problem.get("instance").asString()).isEqualTo("/no/such");
    assertThat(problem.get("request_id").asString()).isEqualTo("r1");
    assertThat(problem.get("type").asString()).endsWith("/docs/errors#not_found");
  }

  @Test
  void namesTheMethodsThatAnAddressTakes() {
    HttpResponse<String> answer =
        server.send(HttpRequest.newBuilder(server.uri("/items/1")).method("PUT", body("x")));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).hasValue("DELETE, GET, HEAD, OPTIONS");
    assertThat(TestServer.json(answer.body()).get("code").asString())
        .isEqualTo("method_not_allowed");

    HttpResponse<String> options =
        server.send(HttpRequest.newBuilder(server.uri("/echo")).method("OPTIONS", body("")));
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("allow")).hasValue("OPTIONS, POST");
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void answersEveryFailureWithItsStatus(ErrorCode code) {
    HttpResponse<String> answer = server.post("/fail", "{\"text\":\"" + code.name() + "\"}");

    assertThat(answer.statusCode()).isEqualTo(code.httpStatus());
    JsonNode problem = TestServer.json(answer.body());
    assertThat(problem.get("code").asString()).isEqualTo(code.wireName());
    assertThat(problem.get("detail").asString()).isEqualTo("as asked");
    assertThat(answer.headers().firstValue("retry-after").isPresent()).isEqualTo(code.retryable());
  }

  @Test
  void roundsRetryAfterUp() {
    assertThat(
            server.post("/fail", "{\"text\":\"unavailable\"}").headers().firstValue("retry-after"))
        .hasValue("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unexpected", "error", "io"})
  void tellsNothingOfUnexpectedFailures(String how) {
    HttpResponse<String> answer = server.post("/fail", "{\"text\":\"" + how + "\"}");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("The server failed unexpectedly").doesNotContain("secret");
  }

  @Test
  void listsBrokenRules() {
    JsonNode problem = TestServer.json(server.post("/echo", "{\"text\":null}").body());

    assertThat(problem.get("status").asInt()).isEqualTo(422);
    assertThat(problem.get("errors").get(0).get("code").asString()).isEqualTo("required");
  }

  @Test
  void saysWhenTheDeadlinePassed() {
    assertThat(server.post("/deadline", "{\"text\":\"\"}").statusCode()).isEqualTo(504);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "application/json; charset=latin1"})
  void refusesOtherMediaTypes(String type) {
    assertThat(
            server
                .send(
                    HttpRequest.newBuilder(server.uri("/echo"))
                        .header("Content-Type", type)
                        .POST(body("{\"text\":\"x\"}")))
                .statusCode())
        .isEqualTo(415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "Application/JSON", "application/json; charset=\"UTF-8\""})
  void takesJson(String type) {
    assertThat(
            server
                .send(
                    HttpRequest.newBuilder(server.uri("/echo"))
                        .header("Content-Type", type)
                        .POST(body("{\"text\":\"x\"}")))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void refusesAPresentedKeyAndAForeignOrigin() {
    HttpResponse<String> answer = server.get("/items/1", "Authorization", "Bearer aidb_x_y");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
    assertThat(server.get("/items/1", "X-API-Key", "k").statusCode()).isEqualTo(401);
    assertThat(server.get("/plain", "X-API-Key", "k").statusCode()).isEqualTo(200);
    assertThat(server.get("/plain", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
  }

  @Test
  void servesATreeOfFiles() {
    assertThat(server.get("/files/a/b.txt").body()).isEqualTo("/files/a/b.txt");
  }

  @Test
  void servesManyAtOnce() throws Exception {
    try (TestServer roomy = new TestServer(HttpSettings.at("127.0.0.1", 0));
        ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String text = "n" + i;
        answers.add(pool.submit(() -> roomy.post("/echo", "{\"text\":\"" + text + "\"}")));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get().body()).isEqualTo("{\"said\":\"n" + i + "\"}");
      }
    }
  }

  @Test
  void saysThatThePortIsTaken() {
    HttpSettings same = HttpSettings.at("127.0.0.1", server.server.port());
    assertThatThrownBy(() -> new TestServer(same).close())
        .isInstanceOf(StartFailure.class)
        .hasMessage("port " + same.port() + " on 127.0.0.1 is taken");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void refusesToListenForOtherMachines(String host) {
    assertThatThrownBy(() -> new TestServer(HttpSettings.at(host, 0)).close())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("without any key");
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  @Test
  void aQueryOrAClientThatIsRefusedIsNoted() throws Exception {
    server.refused.clear();
    HttpResponse<String> attack =
        server.post(
            "/search",
            "{\"collection\":\"c\",\"query\":\"1' UNION SELECT name, secret FROM users--\"}");
    assertThat(attack.statusCode()).isEqualTo(422);
    server.post("/fail", "{\"text\":\"RATE_LIMITED\"}");
    server.post("/fail", "{\"text\":\"CONFLICT\"}");

    assertThat(server.refused)
        .extracting(Refusal::reason, Refusal::actor, Refusal::target)
        .containsExactly(
            tuple(Refusal.Reason.CONTENT_POLICY, "local", "search"),
            tuple(Refusal.Reason.RATE_LIMIT, "local", "fail"));
  }

  @Test
  void aRefusalNamesTheClientBehindATrustedProxy() throws Exception {
    ClientAddresses clients = new ClientAddresses(List.of(Network.parse("127.0.0.1")));
    try (TestServer proxied = new TestServer(TestServer.settings().withClients(clients))) {
      assertThat(addressOfRefusal(proxied)).isEqualTo("198.51.100.7");
    }
    server.refused.clear();
    assertThat(addressOfRefusal(server)).isEqualTo("127.0.0.1");
  }

  private static String addressOfRefusal(TestServer asked) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + asked.server.port() + "/fail"))
            .header("Content-Type", "application/json")
            .header("X-Forwarded-For", "203.0.113.9, 198.51.100.7")
            .POST(body("{\"text\":\"RATE_LIMITED\"}"))
            .build();
    asked.client.send(request, HttpResponse.BodyHandlers.discarding());
    return asked.refused.getFirst().address();
  }
}
