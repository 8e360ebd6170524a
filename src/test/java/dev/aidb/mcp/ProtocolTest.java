package dev.aidb.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.AidbException;
import dev.aidb.guard.Admission;
import dev.aidb.guard.RequestHead;
import dev.aidb.operation.Caller;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the revisions of the protocol ask, over a real connection. */
class ProtocolTest {
  private final Till till = new Till();
  private final McpServer server = McpServer.over(till, Declared.all());
  private final Talk talk = new Talk(server.at("/mcp"));

  @AfterEach
  void stop() {
    talk.close();
    server.close();
  }

  /** Writes down what is charged, and refuses once told to. */
  private static final class Till implements Admission {
    final List<Integer> charges = Collections.synchronizedList(new ArrayList<>());
    volatile boolean empty;

    @Override
    public Verdict admit(RequestHead head, Caller caller, int cost) {
      charges.add(cost);
      Optional<AidbException> refusal =
          empty && cost > 0
              ? Optional.of(AidbException.rateLimited("Enough", Duration.ofSeconds(42)))
              : Optional.empty();
      return new Verdict(Map.of("RateLimit", "\"minute\";r=1;t=1"), refusal);
    }

    @Override
    public Verdict turnedAway(RequestHead head) {
      charges.add(-1);
      return Verdict.free();
    }
  }

  // ---- envelopes

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                                      | -32700",
        "{                                                     | -32700",
        "{\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\",\"id\":1}    | -32700",
        "nonsense                                              | -32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} {} | -32700",
        "[]                                                    | -32600",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]  | -32600",
        "7                                                     | -32600",
        "{}                                                    | -32600",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}    | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}  | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"}  | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}           | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1}                        | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]} | -32600",
      })
  void whatIsNoMessageIsRefused(String body, int code) {
    Talk.Answer answer = talk.send(body == null ? "" : body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error().path("code").asInt()).isEqualTo(code);
    assertThat(answer.json().path("jsonrpc").asString()).isEqualTo("2.0");
    assertThat(till.charges).containsExactly(1);
  }

  @Test
  void deepAndHugeAndForeignTextsAreRefused() {
    String deep =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":"
            + "[".repeat(100)
            + "]".repeat(100)
            + "}}";
    String longId = "{\"jsonrpc\":\"2.0\",\"id\":\"" + "i".repeat(300) + "\",\"method\":\"ping\"}";

    assertThat(talk.send(deep).error().path("message").asString()).contains("nested deeper");
    assertThat(talk.send(longId).status()).isEqualTo(400);
    assertThat(
            talk.send("POST", BodyPublishers.ofByteArray(new byte[] {'{', (byte) 0xff})).status())
        .isEqualTo(400);
    Talk.Answer huge = talk.send("POST", BodyPublishers.ofByteArray(new byte[9 << 20]));
    assertThat(huge.status()).isEqualTo(413);
    assertThat(huge.error().path("message").asString()).contains("larger than");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a text\"", "-7", "9007199254740993", "\"\""})
  void theIdComesBackAsItWasSent(String id) {
    Talk.Answer answer = talk.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");

    assertThat(answer.body()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}");
  }

  @Test
  void notificationsAreTakenWithoutAWord() {
    Talk.Answer answer =
        talk.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    assertThat(till.charges).containsExactly(0);
    String large = "{\"jsonrpc\":\"2.0\",\"method\":\"" + "n".repeat(20_000) + "\"}";
    assertThat(talk.send(large).status()).isEqualTo(202);
    assertThat(till.charges).containsExactly(0, 1);
  }

  @Test
  void anAnswerToNoQuestionIsRefused() {
    Talk.Answer answer = talk.send("{\"jsonrpc\":\"2.0\",\"id\":\"ask-1\",\"result\":{}}");

    assertThat(answer.status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE"})
  void thereAreNoSessionsToReadOrEnd(String method) {
    Talk.Answer answer = talk.send(method, BodyPublishers.noBody());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("OPTIONS, POST");
  }

  @Test
  void pagesOfForeignOriginsAndOtherTypesAreRefusedInTheProtocolsForm() {
    Talk.Answer foreign =
        new Talk(server.at("/mcp")).with("Origin", "https://evil.example").ask("tools/list", "{}");
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(foreign.error().path("message").asString()).contains("origin");

    Talk.Answer form = new Talk(server.at("/mcp")).with("Content-Type", "text/plain").send("{}");
    assertThat(form.status()).isEqualTo(415);
    assertThat(form.error().path("message").asString()).contains("application/json");
  }

  @Test
  void theAnswerHasAFormThatTheClientTakes() {
    Talk events = new Talk(server.at("/mcp")).with("Accept", "text/event-stream");
    Talk.Answer streamed = events.ask("tools/list", "{}");
    assertThat(streamed.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    assertThat(streamed.body()).startsWith("event: message\ndata: {").endsWith("}\n\n");

    assertThat(new Talk(server.at("/mcp")).with("Accept", "image/png").ask("tools/list", "{}"))
        .extracting(Talk.Answer::status)
        .isEqualTo(406);
    assertThat(new Talk(server.at("/mcp")).without("Accept").ask("tools/list", "{}").status())
        .isEqualTo(200);
    assertThat(new Talk(server.at("/mcp")).with("Accept", "*/*").ask("tools/list", "{}").status())
        .isEqualTo(200);
  }

  // ---- the handshake

  @ParameterizedTest
  @CsvSource({
    "2025-11-25,2025-11-25",
    "2025-06-18,2025-06-18",
    "2026-07-28,2025-11-25",
    "2024-11-05,2025-11-25",
    "nonsense,2025-11-25"
  })
  void theHandshakeAgreesOnARevision(String wanted, String agreed) {
    Talk.Answer answer =
        talk.send(
            Talk.request(
                "initialize",
                "{\"protocolVersion\":\"" + wanted + "\",\"capabilities\":{},\"clientInfo\":{}}"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
    assertThat(answer.result().path("protocolVersion").asString()).isEqualTo(agreed);
    assertThat(answer.result().path("serverInfo").path("name").asString()).isEqualTo("aidb");
    assertThat(answer.result().path("capabilities").propertyNames()).contains("tools", "prompts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2025-06-18"})
  void revisionsWithAHandshakeHaveNoneOfTheLaterFields(String revision) {
    Talk.Answer answer = talk.askAs(revision, "tools/list", "{}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.result().propertyNames()).containsExactly("tools");
    assertThat(talk.askAs(revision, "ping", "{}").result().isEmpty()).isTrue();
    Talk.Answer unknown = talk.askAs(revision, "no/such", "{}");
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(unknown.error().path("code").asInt()).isEqualTo(-32601);
    assertThat(talk.askAs(revision, "server/discover", "{}").error().path("code").asInt())
        .isEqualTo(-32601);
  }

  @Test
  void aVersionThatNobodySpeaksIsRefusedWithThoseThatAreSpoken() {
    Talk.Answer answer = talk.askAs("2019-01-01", "tools/list", "{}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error().path("code").asInt()).isEqualTo(-32022);
    assertThat(answer.error().path("data").path("requested").asString()).isEqualTo("2019-01-01");
    assertThat(answer.error().path("data").path("supported"))
        .extracting(node -> node.asString())
        .containsExactly("2026-07-28", "2025-11-25", "2025-06-18");
  }

  // ---- the stateless revision

  @Test
  void discoveryTellsVersionsAndCapabilities() {
    Talk.Answer answer = talk.ask("server/discover", "{}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.result().path("resultType").asString()).isEqualTo("complete");
    assertThat(answer.result().path("ttlMs").asLong()).isPositive();
    assertThat(answer.result().path("cacheScope").asString()).isEqualTo("public");
    assertThat(answer.result().path("supportedVersions").path(0).asString())
        .isEqualTo("2026-07-28");
    assertThat(answer.result().path("_meta").path(Meta.SERVER).path("name").asString())
        .isEqualTo("aidb");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"initialize", "ping", "logging/setLevel", "resources/subscribe", "no/such"})
  void whatIsGoneOrUnknownIsNotFound(String method) {
    Talk.Answer answer = talk.ask(method, "{}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.error().path("code").asInt()).isEqualTo(-32601);
    assertThat(answer.json().path("id").asInt()).isEqualTo(1);
  }

  @Test
  void headersMustSayWhatTheBodySays() {
    String list = Talk.request("tools/list", "{\"_meta\":" + Talk.META + "}");
    String call =
        Talk.request(
            "tools/call", "{\"name\":\"discover\",\"arguments\":{},\"_meta\":" + Talk.META + "}");

    assertThat(mismatch(list, Map.of())).contains("MCP-Protocol-Version is missing");
    assertThat(mismatch(list, Map.of("MCP-Protocol-Version", "2025-11-25"))).contains("differs");
    assertThat(mismatch(list, Map.of("MCP-Protocol-Version", "2026-07-28")))
        .contains("Mcp-Method is missing");
    assertThat(
            mismatch(
                list, Map.of("MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "prompts/list")))
        .contains("Mcp-Method differs");
    Map<String, String> called =
        Map.of("MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/call");
    assertThat(mismatch(call, called)).contains("Mcp-Name is missing");
    assertThat(mismatch(call, plus(called, "search"))).contains("Mcp-Name differs");
    assertThat(mismatch(call, plus(called, "=?base64?%%%?="))).contains("not Base64");
    assertThat(send(call, plus(called, "=?base64?ZGlzY292ZXI=?=")).status()).isEqualTo(200);
    assertThat(send(call, plus(called, "discover")).status()).isEqualTo(200);
  }

  private static Map<String, String> plus(Map<String, String> headers, String name) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put("Mcp-Name", name);
    return more;
  }

  private Talk.Answer send(String body, Map<String, String> headers) {
    Talk other = new Talk(server.at("/mcp"));
    headers.forEach(other::with);
    return other.send(body);
  }

  private String mismatch(String body, Map<String, String> headers) {
    Talk.Answer answer = send(body, headers);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error().path("code").asInt()).isEqualTo(-32020);
    return answer.error().path("message").asString();
  }

  // ---- costs, refusals, failures

  @Test
  void everyRequestHasItsPriceAndItsLimits() {
    talk.ask("tools/list", "{}");
    talk.call("call", "{\"operation\":\"costly\"}");
    talk.call("no_such_tool", "{}");
    talk.call("call", "{\"operation\":\"no_such\"}");
    talk.askAs("2025-11-25", "ping", "{}");

    assertThat(till.charges).containsExactly(1, 5, 1, 1, 0);
    assertThat(talk.ask("tools/list", "{}").headers().firstValue("RateLimit")).isPresent();
  }

  @Test
  void whoHasSpentItsBudgetIsToldWhenToComeBack() {
    till.empty = true;

    Talk.Answer answer = talk.call("call", "{\"operation\":\"costly\"}");

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("42");
    assertThat(answer.error().path("code").asInt()).isEqualTo(429);
    assertThat(answer.error().path("message").asString()).isEqualTo("Enough");
    assertThat(answer.json().path("id").asInt()).isEqualTo(1);
    assertThat(talk.send("{").status()).isEqualTo(429);
    assertThat(server.refused).isNotEmpty();
  }

  @Test
  void anUnknownToolIsTheClientsMistake() {
    Talk.Answer answer = talk.call("no_such_tool", "{}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.error().path("code").asInt()).isEqualTo(-32602);
  }

  @Test
  void argumentsMustBeAnObject() {
    assertThat(talk.call("search", "[]").error().path("code").asInt()).isEqualTo(-32602);
    assertThat(talk.ask("tools/call", "{}").error().path("code").asInt()).isEqualTo(-32602);
    assertThat(talk.ask("tools/list", "{\"cursor\":\"nonsense\"}").error().path("code").asInt())
        .isEqualTo(-32602);
  }

  @Test
  void whatAModelCanMendIsAResult() {
    Talk.Answer missing = talk.call("search", "{}");
    assertThat(missing.status()).isEqualTo(200);
    assertThat(missing.result().path("isError").asBoolean()).isTrue();
    assertThat(missing.text()).contains("query: is required (required)");

    assertThat(talk.call("search", "{\"query\":\"a\",\"colour\":1}").text())
        .contains("colour: ", "unknown_field");
    assertThat(talk.call("call", "{\"operation\":\"get_document\",\"input\":{}}").text())
        .contains("id: is required", "The fields of get_document: id");
    assertThat(talk.call("call", "{\"operation\":\"be_busy\"}").text())
        .contains("The database is away. Try again in 7 s");
    assertThat(talk.call("call", "{\"operation\":\"no_such\"}").text()).contains("discover");
  }

  @Test
  void anUnexpectedFailureTellsNothingButItsRequest() {
    Talk.Answer answer = talk.call("call", "{\"operation\":\"fail\"}");

    assertThat(answer.result().path("isError").asBoolean()).isTrue();
    assertThat(answer.text())
        .contains("failed unexpectedly", answer.headers().firstValue("X-Request-ID").orElseThrow())
        .doesNotContain("secret");
  }

  @Test
  void thePolicyScreensTools() {
    Talk.Answer answer = talk.call("search", "{\"query\":\"' OR 1=1; DROP TABLE users; --\"}");

    assertThat(answer.result().path("isError").asBoolean()).isTrue();
    assertThat(answer.text()).contains("potentially malicious");
    assertThat(server.refused).isNotEmpty();
  }

  @Test
  void whatAnOperationIsAuditedAndCountedByHoldsForTools() {
    talk.call(
        "call", "{\"operation\":\"delete_document\",\"input\":{\"id\":\"" + Declared.ID + "\"}}");
    talk.call("search", "{}");
    talk.call("search", "{\"query\":\"a\"}");

    assertThat(server.audited)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.action()).isEqualTo("thing.delete");
          assertThat(event.target()).isEqualTo(Declared.ID.toString());
          assertThat(event.actor()).isEqualTo("local");
        });
    String metrics = server.scrape();
    assertThat(metrics)
        .contains(
            "aidb_query_validation_failures_total{reason=\"required\"} 1.0",
            "aidb_query_validation_success_total 1.0",
            "aidb_http_requests_total{endpoint=\"/mcp\",method=\"POST\",status=\"200\"} 3.0");
  }

  // ---- questions to clients

  @Test
  void aQuestionIsPutWhileTheRequestWaitsAndAnsweredByAnother() throws Exception {
    try (McpServer asking = McpServer.conformance();
        Talk caller = new Talk(asking.at("/mcp"));
        Reader reader = new Reader(asking)) {
      String question = reader.next();
      assertThat(question).contains("\"method\":\"elicitation/create\"");
      String id = question.replaceAll(".*\"id\":\"(ask-[^\"]*)\".*", "$1");
      Talk.Answer taken =
          caller.send(
              "{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"result\":{\"action\":\"accept\"}}");
      assertThat(taken.status()).isEqualTo(202);
      assertThat(reader.next()).contains("User response: {\\\"action\\\":\\\"accept\\\"}");
      assertThat(caller.send("{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"result\":{}}").status())
          .isEqualTo(400);
    }
  }

  @Test
  void aClientThatRefusesAQuestionEndsItsOwnRequest() throws Exception {
    try (McpServer asking = McpServer.conformance();
        Talk caller = new Talk(asking.at("/mcp"));
        Reader reader = new Reader(asking)) {
      String id = reader.next().replaceAll(".*\"id\":\"(ask-[^\"]*)\".*", "$1");
      caller.send(
          "{\"jsonrpc\":\"2.0\",\"id\":\""
              + id
              + "\",\"error\":{\"code\":-32601,\"message\":\"no\"}}");
      assertThat(reader.next()).contains("\"error\"", "refused");
    }
  }

  /** Reads the events of a call that asks. */
  private static final class Reader implements AutoCloseable {
    private final java.net.http.HttpClient http = java.net.http.HttpClient.newHttpClient();
    private final java.util.concurrent.BlockingQueue<String> events =
        new java.util.concurrent.LinkedBlockingQueue<>();
    private final CompletableFuture<?> ended;

    Reader(McpServer server) {
      java.net.http.HttpRequest request =
          java.net.http.HttpRequest.newBuilder(server.at("/mcp"))
              .header("Content-Type", "application/json")
              .header("Accept", "application/json, text/event-stream")
              .header("MCP-Protocol-Version", "2025-11-25")
              .POST(
                  BodyPublishers.ofString(
                      Talk.request(
                          "tools/call",
                          "{\"name\":\"test_elicitation\",\"arguments\":{\"message\":\"Who?\"}}")))
              .build();
      ended =
          http.sendAsync(request, java.net.http.HttpResponse.BodyHandlers.ofLines())
              .thenAccept(answer ->
                  answer.body().filter(line -> line.startsWith("data: ")).forEach(events::add));
    }

    String next() throws InterruptedException {
      return Optional.ofNullable(events.poll(10, TimeUnit.SECONDS)).orElseThrow();
    }

    @Override
    public void close() {
      ended.cancel(true);
      http.shutdownNow();
    }
  }
}
