package dev.aidb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CliTest {
  private static final String OPENAPI =
      """
      {"paths": {
        "/documents": {
          "post": {"operationId": "put_document", "requestBody": {"content": {"application/json":
            {"schema": {"$ref": "#/components/schemas/Put"}}}}},
          "get": {"operationId": "list_documents"}},
        "/documents/{id}": {"delete": {"operationId": "delete_document"}},
        "/documents/batch": {"post": {"operationId": "put_documents",
          "requestBody": {"content": {"application/x-ndjson": {}}}}},
        "/index/verify": {"post": {"operationId": "verify_index"}},
        "/index/rebuild": {"post": {"operationId": "rebuild_index"}}},
       "components": {"schemas": {"Put": {"properties": {
          "title": {"type": "string"}, "limit": {"type": ["integer", "null"]},
          "metadata": {"type": "object"}, "on": {"anyOf": [{"type": "boolean"}]},
          "mode": {"enum": ["a", "1"]}}}}}}
      """;

  /** What the server was asked. */
  private record Asked(String method, String target, String body, String type, String key) {}

  /** How a command line ended. */
  private record Run(int status, String out, String err) {}

  @TempDir Path folder;
  private final List<Asked> asked = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private HttpServer server;
  private int status = 200;
  private String answer = "{}";
  private String input = "";
  private boolean interactive;
  private Duration delay = Duration.ZERO;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
    environment.put("AIDB_URL", "http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void searchPrintsResultsForPeople() {
    answer =
        """
        {"results": [
          {"score": 0.87321, "project": "handbook", "title": "Keys", "document_id": "d1", "chunk": 2,
           "content": "Rotate\\na key\\u001b[31m with care %s", "metadata": {"path": "ops/keys.md"}},
          {"score": 0.5, "project": "p", "title": null, "document_id": "d2", "content": ""}],
         "total": 243, "offset": 10, "query_time_ms": 3.21, "mode": "keyword",
         "degraded": ["embeddings"]}
        """
            .formatted("and patience ".repeat(20));
    Run run =
        run("search", "how", "do I", "--collection", "c", "--limit", "2", "--min-score", "0.1");

    assertThat(run.status()).isZero();
    assertThat(run.out().lines())
        .startsWith(" 11. 0.873  Keys", "     handbook/ops/keys.md #2")
        .endsWith(" 12. 0.500  (untitled)", "     p/d2")
        .allMatch(line -> line.length() <= 80)
        .anyMatch(line -> line.startsWith("     Rotate a key[31m with care") && line.endsWith("…"));
    assertThat(run.err())
        .isEqualTo("2 of 243 results in 3.2 ms (keyword)\nDegraded: embeddings is down.\n");
    assertThat(json(asked.getFirst().body()))
        .isEqualTo(
            json("{\"query\":\"how do I\",\"collection\":\"c\",\"limit\":2,\"min_score\":0.1}"));
  }

  @Test
  void garbageCollectionMayTakeAsLongAsItIsAskedToWait() {
    delay = Duration.ofMillis(1_500);
    answer = "{\"run_id\": \"r1\", \"state\": \"running\"}";

    Run run = run("gc", "plan", "--wait", "30", "--timeout", "1");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.err()).contains("aidb gc runs r1");
    assertThat(run("gc", "runs", "--timeout", "1").status()).isNotZero();
  }

  @Test
  void learnSendsWhatIsGivenAndPrintsTheId() throws IOException {
    answer =
        """
        {"id": "i1", "value_score": 0.456, "deduplicated": false, "status": "pending",
         "score": {"outcome": 0.4, "novelty": 0.056}}
        """;
    Run run = run("learn", "a problem", "--solution", "mend it", "--explain");
    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                "i1\n",
                "Learned, worth 0.46; it is pending.\n  outcome      0.400\n  novelty     "
                    + " 0.056\n"));
    assertThat(asked.getFirst().target()).isEqualTo("/hybrid/learn");
    assertThat(json(asked.getFirst().body()))
        .isEqualTo(json("{\"query\":\"a problem\",\"solution\":\"mend it\",\"explain\":true}"));

    Path file = Files.writeString(folder.resolve("fix.md"), "1. mend it");
    String[] all = {
      "learn",
      "q",
      "--file",
      file.toString(),
      "--outcome",
      "success",
      "--feedback",
      "-0.5",
      "--value",
      "0.9",
      "--project",
      "p",
      "--metadata",
      "{\"a\":1}",
      "--json"
    };
    assertThat(run(all).out().strip()).startsWith("{");
    assertThat(json(asked.getLast().body()))
        .isEqualTo(
            json(
                "{\"query\":\"q\",\"solution\":\"1. mend"
                    + " it\",\"outcome\":\"success\",\"user_feedback\":-0.5,\"value_score\":0.9,"
                    + "\"project\":\"p\",\"metadata\":{\"a\":1}}"));
    input = "from the pipe";
    run("learn", "q", "--file", "-");
    assertThat(json(asked.getLast().body()).path("solution").asString()).isEqualTo("from the pipe");
  }

  @Test
  void learnRefusesWhatItCannotSend() {
    assertThat(run("learn").status()).isEqualTo(2);
    assertThat(run("learn", "q").status()).isEqualTo(2);
    assertThat(run("learn", "q", "--solution", "a", "--file", "b").status()).isEqualTo(2);
    assertThat(run("learn", "q", "--solution", "a", "--metadata", "[]").status()).isEqualTo(2);
    assertThat(run("learn", "q", "--file", folder.resolve("none").toString()).status())
        .isEqualTo(1);
    assertThat(run("learn", "feedback", "i1").status()).isEqualTo(2);
    assertThat(asked).isEmpty();
  }

  @Test
  void whatWasLearnedIsJudgedShownAndPinned() {
    answer = "{\"id\": \"i1\", \"value_score\": 0.25}";
    assertThat(run("learn", "feedback", "i1", "--outcome", "failure", "--feedback", "-1"))
        .isEqualTo(new Run(0, "", "Worth 0.25 now.\n"));
    assertThat(json(asked.getLast().body()))
        .isEqualTo(json("{\"id\":\"i1\",\"outcome\":\"failure\",\"user_feedback\":-1.0}"));

    assertThat(run("learn", "pin", "a/b").err()).isEqualTo("Pinned.\n");
    assertThat(asked.getLast().method() + " " + asked.getLast().target())
        .isEqualTo("PATCH /solutions/a%2Fb");
    assertThat(json(asked.getLast().body())).isEqualTo(json("{\"pinned\":true}"));
    assertThat(run("learn", "unpin", "a").err()).isEqualTo("Unpinned.\n");

    answer =
        """
        {"query": "it\\u001b[31m hangs", "solution": "first\\n\\u001b[2Jsecond", "suspicious": true,
         "value_score": 0.5, "status": "approved", "uses": 3, "feedbacks": 2, "merged": 1,
         "pinned": true, "learned_by": "local", "created_at": "2026-01-02T03:04:05Z"}
        """;
    assertThat(run("learn", "show", "i1").out())
        .startsWith("it[31m hangs\nSuspicious: ")
        .contains("\n  first\n  [2Jsecond\n")
        .contains("worth 0.50, approved, used 3 times, judged 2 times, merged 1, pinned\n")
        .endsWith("learned by local at 2026-01-02T03:04:05Z\n");
  }

  @Test
  void searchWithoutResultsIsNoFailure() {
    answer = "{\"results\": [], \"total\": 0}";
    assertThat(run("search", "x")).isEqualTo(new Run(0, "", "No results.\n"));
    assertThat(run("search", "x", "--json").out().strip())
        .isEqualTo("{\"results\":[],\"total\":0}");
  }

  @Test
  void aProblemOfTheServerIsReadable() {
    status = 422;
    answer = "{\"title\":\"A field breaks its rule\",\"detail\":\"Validation failed: limit\"}";
    assertThat(run("search", "x")).isEqualTo(new Run(1, "", "aidb: Validation failed: limit\n"));
    status = 401;
    assertThat(run("search", "x").err()).contains("AIDB_API_KEY_FILE");
    status = 500;
    answer = "<html>";
    assertThat(run("search", "x").err()).contains("answered 500").doesNotContain("\tat ");
    status = 200;
    assertThat(run("search", "x").err()).contains("isn't AIDB");
  }

  @Test
  void aServerThatIsNotThereIsSaidWithAdvice() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Run run = run("search", "x", "--url", "http://127.0.0.1:" + port);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "aidb: Can't reach AIDB at http://127.0.0.1:%d. Start it with: aidb serve"
                .formatted(port))
        .doesNotContain("\tat ");
    environment.put("AIDB_DEBUG", "1");
    assertThat(run("search", "x", "--url", "http://127.0.0.1:" + port).err()).contains("\tat ");
  }

  @Test
  void theKeyComesFromAFileThatOthersCantRead() throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "aidb_1_secret\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    answer = "{\"results\": []}";
    run("search", "x", "--key-file", key.toString());
    assertThat(asked.getFirst().key()).isEqualTo("Bearer aidb_1_secret");

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    environment.put("AIDB_API_KEY_FILE", key.toString());
    Run run = run("search", "x");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("chmod 0400").doesNotContain("aidb_1_secret");
  }

  @Test
  void callFindsTheOperationAndShapesItsValues() throws IOException {
    Files.writeString(folder.resolve("note.md"), "# Note");
    input = "{\"a\": 1}";
    Run run =
        run(
            "call",
            "put_document",
            "title=@" + folder.resolve("note.md"),
            "limit=5",
            "on=true",
            "metadata=-",
            "mode=1",
            "other=x=y");

    assertThat(run.status()).isZero();
    assertThat(run.out().strip()).isEqualTo("{}");
    assertThat(asked.getLast().target()).isEqualTo("/documents");
    assertThat(json(asked.getLast().body()))
        .isEqualTo(
            json(
                """
                {"title": "# Note", "limit": 5, "on": true, "metadata": {"a": 1}, "mode": "1",
                 "other": "x=y"}
                """));
  }

  @Test
  void callPutsValuesIntoPathAndQuery() {
    run("call", "list_documents", "collection=a b", "limit=5");
    assertThat(asked.getLast().target()).isEqualTo("/documents?collection=a%20b&limit=5");
    run("call", "delete_document", "id=a/b");
    assertThat(asked.getLast().method()).isEqualTo("DELETE");
    assertThat(asked.getLast().target()).isEqualTo("/documents/a%2Fb");
    assertThat(run("call", "delete_document").err()).contains("A value is missing: id");
  }

  @Test
  void callTakesAWholeBody() {
    input = "{\"x\": 1}\n{\"x\": 2}\n";
    run("call", "put_documents", "-");
    assertThat(asked.getLast().body()).isEqualTo(input);
    assertThat(asked.getLast().type()).isEqualTo("application/x-ndjson");
  }

  @Test
  void callSaysWhatIsWrong() {
    assertThat(run("call", "nothing").err())
        .contains("no operation named nothing")
        .contains("delete_document, list_documents, put_document");
    assertThat(run("call", "put_document", "limit=five").err())
        .contains("limit must be written as JSON: integer or null");
    assertThat(run("call", "put_document", "title=@" + folder.resolve("none")).status())
        .isEqualTo(1);
    assertThat(run("call", "put_document", "title").status()).isEqualTo(2);
  }

  @Test
  void whatDestroysAsksFirst() {
    assertThat(run("collections", "delete", "c").status()).isEqualTo(2);
    assertThat(run("index", "rebuild").err()).contains("add --yes");
    interactive = true;
    input = "n\n";
    assertThat(run("collections", "delete", "c").err()).contains("Nothing was done");
    assertThat(asked).isEmpty();
    input = "y\n";
    assertThat(run("collections", "delete", "c").status()).isZero();
    assertThat(run("collections", "delete", "d", "--yes").status()).isZero();
    assertThat(asked.stream().map(Asked::target))
        .containsExactly("/collections/c", "/collections/d");
  }

  @Test
  void collectionsAreListedAndMade() {
    answer = "{\"collections\": [{\"name\": \"a\", \"documents\": 3}, {\"name\": \"b\"}]}";
    assertThat(run("collections", "list").out()).isEqualTo("a\t3\nb\n");
    assertThat(run("collections", "list", "--json").out()).startsWith("{\"collections\"");
    assertThat(run("collections", "create", "c")).isEqualTo(new Run(0, "", "Created c.\n"));
    assertThat(asked.getLast().body()).isEqualTo("{\"name\":\"c\"}");
  }

  @Test
  void theIndexIsVerifiedAndRebuilt() {
    answer = "{\"missing_entries\": 0, \"state\": \"same\"}";
    assertThat(run("index", "verify").out()).isEqualTo("missing entries: 0\nstate: same\n");
    assertThat(run("index", "rebuild", "--yes", "--json").out().strip()).isEqualTo(answer);
    assertThat(asked.getLast().target()).isEqualTo("/index/rebuild");
  }

  @Test
  void configIsShownAndJudged() throws IOException {
    environment.put("AIDB_DATABASE_PASSWORD", "hush");
    Run shown = run("config", "show");
    assertThat(shown.out())
        .contains("server.port: 8091  # default\n")
        .contains("database.password_file: ****  # AIDB_DATABASE_PASSWORD\n")
        .doesNotContain("hush");
    JsonNode keys = json(run("config", "show", "--json").out());
    assertThat(keys.at("/server.port/value").asInt()).isEqualTo(8091);
    assertThat(keys.at("/health.critical/value/0").asString()).isEqualTo("postgresql");

    Path file = Files.writeString(folder.resolve("c.yaml"), "server: {prot: 1}\nlog: {level: x}");
    Run judged = run("config", "check", "--config", file.toString());
    assertThat(judged.status()).isEqualTo(1);
    assertThat(judged.err()).contains("2 faults", "server.prot", "log.level");
    JsonNode verdict = json(run("config", "check", "--config", file.toString(), "--json").out());
    assertThat(verdict.path("valid").asBoolean(true)).isFalse();
    assertThat(verdict.path("problems")).hasSize(2);
    assertThat(run("config", "check")).extracting(Run::status).isEqualTo(0);
  }

  @Test
  void versionAndCompletionArePrinted() {
    assertThat(run("version").out()).startsWith("aidb ").contains("(Java 25");
    assertThat(json(run("version", "--json").out()).has("java")).isTrue();
    assertThat(run("completion", "bash").out()).contains("complete -F", "collections");
    assertThat(run("completion", "zsh").status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "serch x",
        "search",
        "search x --limit many",
        "index",
        "config",
        "collections",
        "completion fish",
        "call",
        "version --nonsense"
      })
  void wrongUsageIsStatusTwoOnStandardError(String line) {
    Run run = run(line.isEmpty() ? new String[0] : line.split(" ", -1));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("aidb: ").contains("--help").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "search -h",
        "call --help",
        "index --help",
        "index rebuild --help",
        "collections --help",
        "config --help",
        "config check --help",
        "completion --help"
      })
  void helpGoesToStandardOutput(String line) {
    Run run = run(line.split(" ", -1));

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("Usage: aidb");
  }

  @Test
  void theBridgeGivesAnAnswerThatHasNoneItsId() {
    input = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}\n";
    status = 401;
    answer = "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":401,\"message\":\"A key is needed\"}}";

    Run run = run("mcp");

    assertThat(run.status()).isZero();
    assertThat(json(run.out()).path("id").asInt()).isEqualTo(7);
    assertThat(json(run.out()).path("error").path("message").asString())
        .isEqualTo("A key is needed");
    assertThat(asked.getFirst().target()).isEqualTo("/mcp");
    assertThat(asked.getFirst().body()).isEqualTo(input.strip());
  }

  @Test
  void theBridgeSaysWhenSomethingElseAnswers() {
    input =
        "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\"}\n"
            + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n";
    answer = "<html>";

    Run run = run("mcp", "--full");

    assertThat(run.out().lines()).hasSize(1);
    assertThat(json(run.out()).path("error").path("message").asString()).contains("isn't AIDB");
  }

  @Test
  void theSnippetsForMcpClientsNameTheServerOrTheProgram() {
    environment.remove("AIDB_URL");
    environment.put("AIDB_LAUNCHER", "/opt/aidb/aidb");

    assertThat(json(run("mcp", "config", "claude").out()))
        .isEqualTo(
            json(
                "{\"mcpServers\":{\"aidb\":{\"command\":\"/opt/aidb/aidb\",\"args\":[\"mcp\"]}}}"));
    assertThat(json(run("mcp", "config", "vscode", "--url", "http://h:1/").out()))
        .isEqualTo(json("{\"servers\":{\"aidb\":{\"type\":\"http\",\"url\":\"http://h:1/mcp\"}}}"));
    assertThat(
            json(run("mcp", "config", "cursor", "--full").out())
                .at("/mcpServers/aidb/url")
                .asString())
        .isEqualTo("http://127.0.0.1:8091/mcp/full");
    assertThat(run("mcp", "config", "claude-code").out())
        .isEqualTo("claude mcp add --transport http aidb http://127.0.0.1:8091/mcp\n");
    assertThat(run("mcp", "config", "codex", "--full").out())
        .contains("command = \"/opt/aidb/aidb\"", "args = [\"mcp\", \"--full\"]");
    assertThat(run("mcp", "config", "nobody").status()).isEqualTo(2);
  }

  private Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environmentWithWidth(),
            interactive);
    int exit = AidbCommand.run(terminal, List.of(), arguments);
    return new Run(exit, out.toString(), err.toString());
  }

  private Map<String, String> environmentWithWidth() {
    Map<String, String> all = new HashMap<>(environment);
    all.put("COLUMNS", "80");
    return all;
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestURI().toString();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      boolean document = target.equals("/openapi.json");
      if (!document) {
        asked.add(
            new Asked(
                exchange.getRequestMethod(),
                target,
                body,
                String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")),
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
      }
      LockSupport.parkNanos(delay.toNanos());
      byte[] bytes = (document ? OPENAPI : answer).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(document ? 200 : status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
