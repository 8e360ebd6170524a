package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.cli.AidbCommand;
import dev.aidb.cli.Terminal;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The issue tracker of a running server, over HTTP and from the command line. */
class IssuesTest {
  private static RunningServer server;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    server = RunningServer.start(config -> config);
    api = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, Object> report(String component, String message) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("component", component);
    report.put("error_type", "ConnectionRefusedError");
    report.put("message", message);
    return report;
  }

  private static Answer patch(String id, Map<String, ?> change) {
    return api.send(
        api.request("/issues/" + id)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(Json.text(change))));
  }

  @Test
  void anErrorIsRecordedCountedResolvedAndReopened() {
    Map<String, Object> first = report("billing", "connect to 10.0.0.7:5432 refused after 3 s");
    first.put("stack", "at connect\nat main");
    first.put("context", Map.of("attempt", 3));
    Answer created = api.post("/issues", first);
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).contains("/issues/" + created.text("/id"));
    assertThat(created.json().propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "fingerprint",
            "severity",
            "category",
            "component",
            "error_type",
            "message",
            "stack",
            "context",
            "status",
            "occurrences",
            "first_seen",
            "last_seen");
    assertThat(created.text("/severity")).isEqualTo("high");
    assertThat(created.text("/category")).isEqualTo("network");
    assertThat(created.text("/status")).isEqualTo("open");

    Answer again =
        api.post("/issues", report("billing", "connect to 10.0.0.8:5433 refused after 12 s"));
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/id")).isEqualTo(created.text("/id"));
    assertThat(again.json().path("occurrences").asLong()).isEqualTo(2);

    Answer resolved =
        patch(created.text("/id"), Map.of("status", "resolved", "resolution", "opened the port"));
    assertThat(resolved.status()).isEqualTo(200);
    assertThat(resolved.text("/status")).isEqualTo("resolved");
    assertThat(api.metric("aidb_issue_resolution_seconds_count")).isGreaterThanOrEqualTo(1);
    assertThat(
            api.post("/issues", report("billing", "connect to 10.0.0.9:1 refused after 1 s"))
                .text("/status"))
        .isEqualTo("open");
    Answer read = api.get("/issues/" + created.text("/id"));
    assertThat(read.text("/resolution")).isEqualTo("opened the port");
    assertThat(api.metric("aidb_issues_total{category=\"network\",severity=\"high\"}"))
        .isGreaterThanOrEqualTo(3);
    Eventually.within(
        Duration.ofSeconds(20),
        "the gauge follows",
        () -> api.metric("aidb_active_issues{severity=\"high\"}") >= 1);
  }

  @Test
  void whatBreaksARuleIsRefused() {
    Map<String, Object> wrong = report("", "x");
    wrong.put("severity", "awful");
    assertThat(api.post("/issues", wrong).status()).isEqualTo(422);
    assertThat(api.get("/issues?limit=101").status()).isEqualTo(422);
    assertThat(api.get("/issues?cursor=nonsense").status()).isEqualTo(422);
    assertThat(api.get("/issues?status=unheard_of").status()).isEqualTo(422);
    assertThat(api.get("/issues/analysis?days=0").status()).isEqualTo(422);
    String unknown = "00000000-0000-7000-8000-000000000000";
    assertThat(api.get("/issues/" + unknown).status()).isEqualTo(404);
    assertThat(patch(unknown, Map.of("status", "open")).status()).isEqualTo(404);
    assertThat(patch(unknown, Map.of()).status()).isEqualTo(422);
  }

  @Test
  void listsAreFilteredAndPaged() {
    for (String kind : List.of("alpha", "beta", "gamma", "delta", "epsilon")) {
      api.post("/issues", report("pager", "kind " + kind + " broke"));
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = api.get("/issues?component=pager&status=open&limit=2" + cursor).json();
      page.path("issues").forEach(issue -> seen.add(issue.path("message").asString()));
      assertThat(page.path("issues").path(0).has("stack")).isFalse();
      cursor = page.has("next_cursor") ? "&cursor=" + page.path("next_cursor").asString() : "";
    } while (!cursor.isEmpty());
    assertThat(seen)
        .containsExactly(
            "kind epsilon broke",
            "kind delta broke",
            "kind gamma broke",
            "kind beta broke",
            "kind alpha broke");
    assertThat(api.get("/issues?component=pager&status=resolved").json().path("issues")).isEmpty();
  }

  @Test
  void theServerRecordsItsOwnUnexpectedErrors() {
    try (Database database = server.database()) {
      database.useHandle(handle -> handle.execute("ALTER TABLE audit_event RENAME TO gone"));
      for (int i = 0; i < 3; i++) {
        Answer failed = api.get("/admin/audit?actor=somebody-we-know");
        assertThat(failed.status()).isEqualTo(500);
      }
      Eventually.within(
          Duration.ofSeconds(10),
          "it is an issue",
          () ->
              api.get("/issues?component=audit")
                      .json()
                      .path("issues")
                      .path(0)
                      .path("occurrences")
                      .asInt()
                  == 3);
      JsonNode found = api.get("/issues?component=audit").json().path("issues");
      assertThat(found.size()).isEqualTo(1);
      Answer whole = api.get("/issues/" + found.path(0).path("id").asString());
      assertThat(whole.text("/error_type")).isEqualTo("org.postgresql.util.PSQLException");
      assertThat(whole.text("/message")).isEqualTo("relation <str> does not exist");
      assertThat(whole.text("/context/request_id")).isNotEmpty();
      assertThat(whole.text("/stack")).contains("AuditRows");
      assertThat(whole.body()).doesNotContain("SELECT", "somebody-we-know");
      assertThat(api.metric("aidb_issues_dropped_total")).isZero();
      database.useHandle(handle -> handle.execute("ALTER TABLE gone RENAME TO audit_event"));
    }
  }

  @Test
  void whatHelpedBeforeIsSuggestedByMeaning() {
    String solved =
        api.post(
                "/issues",
                report("archive", "no space left on the volume while writing the archive"))
            .text("/id");
    patch(solved, Map.of("status", "resolved", "resolution", "made the volume larger"));
    api.post(
        "/documents",
        Map.of(
            "collection",
            "solved_issues",
            "path",
            "volume-full",
            "title",
            "A volume is full",
            "content",
            "When writing the backup failed because there is no space left on the volume, prune old"
                + " backups."));
    for (int i = 0; i < 12; i++) {
      api.post(
          "/issues", report("backup", "writing the backup failed: no space left on the volume"));
    }
    Eventually.within(
        Duration.ofSeconds(20),
        "both are suggested",
        () ->
            rules().containsAll(Set.of("similar_resolved", "similar_solution", "frequent_issue")));
    Answer analysis = api.get("/issues/analysis?days=7");
    assertThat(analysis.status()).isEqualTo(200);
    assertThat(analysis.json().path("trend").path("per_day").size()).isEqualTo(7);
    assertThat(analysis.json().path("patterns").path(0).path("occurrences").asInt())
        .isGreaterThanOrEqualTo(12);
    assertThat(analysis.body()).contains("made the volume larger", "prune old");
  }

  private static List<String> rules() {
    List<String> rules = new ArrayList<>();
    api.get("/issues/analysis")
        .json()
        .path("suggestions")
        .forEach(suggestion -> rules.add(suggestion.path("rule").asString()));
    return rules;
  }

  private record Ran(int status, String out, String err) {
    JsonNode json() {
      return Json.mapper().readTree(out);
    }
  }

  private static Ran aidb(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(out),
            new PrintWriter(err),
            Map.of("AIDB_URL", api.base().toString()),
            false);
    int status = AidbCommand.run(terminal, List.of(), arguments);
    return new Ran(status, out.toString(), err.toString());
  }

  @Test
  void theCommandLineDoesTheSame() {
    Ran recorded =
        aidb(
            "issues",
            "record",
            "--component",
            "cli",
            "--type",
            "IOError",
            "--message",
            "disk 7 is full",
            "--severity",
            "critical",
            "--context",
            "{\"n\":1}",
            "--json");
    assertThat(recorded.status()).as(recorded.err()).isZero();
    assertThat(recorded.json().path("severity").asString()).isEqualTo("critical");
    String id = recorded.json().path("id").asString();
    Ran again =
        aidb(
            "issues",
            "record",
            "--component",
            "cli",
            "--type",
            "IOError",
            "--message",
            "disk 8 is full");
    assertThat(again.out().strip()).isEqualTo(id);
    assertThat(again.err()).contains("2 times");
    Ran listed = aidb("issues", "list", "--component", "cli", "--status", "open");
    assertThat(listed.out()).contains(id, "critical", "disk 7 is full");
    assertThat(aidb("issues", "show", id).out()).contains("occurrences: 2");
    Ran resolved = aidb("issues", "resolve", id, "--resolution", "a new disk", "--json");
    assertThat(resolved.json().path("status").asString()).isEqualTo("resolved");
    assertThat(aidb("issues", "resolve", id, "--status", "wont_fix").err()).contains("wont fix");
    Ran analysed = aidb("issues", "analyze", "--days", "3");
    assertThat(analysed.status()).as(analysed.err()).isZero();
    assertThat(analysed.out()).contains("in 3 days", "patterns:");
    assertThat(aidb("issues", "analyze", "--json").json().path("days").asInt()).isEqualTo(7);

    assertThat(aidb("issues").status()).isEqualTo(2);
    assertThat(aidb("issues", "record", "--component", "x").status()).isEqualTo(2);
    assertThat(aidb("issues", "show", "00000000-0000-7000-8000-000000000000").status())
        .isEqualTo(1);
    assertThat(
            aidb(
                    "issues",
                    "record",
                    "--component",
                    "x",
                    "--type",
                    "y",
                    "--message",
                    "z",
                    "--context",
                    "[1]")
                .status())
        .isEqualTo(1);
  }
}
