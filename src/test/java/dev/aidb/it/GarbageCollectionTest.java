package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Program.Ended;
import dev.aidb.store.Database;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Forgetting as clients see it, over HTTP and by the command line. */
class GarbageCollectionTest {
  private static RunningServer server;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    server = RunningServer.start(config -> config.with("garbage_collection.enabled", true));
    api = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Stores a document of the collection and makes it a solution of that value and age. */
  private static String solution(String text, double value, int days) {
    String id =
        api.post(
                "/documents",
                Map.of("collection", "solved_issues", "path", "seeded/" + text, "content", text))
            .text("/id");
    try (Database database = server.database()) {
      database.useHandle(handle ->
          handle.execute(
              """
              INSERT INTO solution (id, digest, value_score, base_score, outcome, learned_by, created_at)
              VALUES (?, sha256(?::text::bytea), ?, ?, 'success', 'local', now() - make_interval(days => ?))
              """,
              UUID.fromString(id),
              id,
              value,
              value,
              days));
    }
    return id;
  }

  private static int found(String word) {
    return api.post(
            "/vector/search",
            Map.of("collection", "solved_issues", "query", word, "mode", "keyword"))
        .json()
        .path("total")
        .asInt();
  }

  private static JsonNode reason(JsonNode run, String name) {
    for (JsonNode reason : run.path("reasons")) {
      if (reason.path("reason").asString("").equals(name)) {
        return reason;
      }
    }
    throw new AssertionError(name + " is not in " + run);
  }

  @Test
  void whatIsPlannedIsRemovedAndComesBack() {
    String goes = solution("quokka", 0.2, 40);
    solution("numbat", 0.9, 40);

    Answer plan = api.post("/gc", Map.of("operations", List.of("expired")));
    assertThat(plan.status()).isEqualTo(200);
    assertThat(plan.text("/state")).isEqualTo("done");
    assertThat(plan.json().path("dry_run").asBoolean()).isTrue();
    assertThat(reason(plan.json(), "expired").path("ids").toString()).contains(goes);
    assertThat(found("quokka")).isEqualTo(1);

    Answer run = api.post("/gc", Map.of("dry_run", false, "operations", List.of("expired")));
    assertThat(reason(run.json(), "expired").path("ids")).hasSize(1);
    assertThat(reason(run.json(), "expired").path("done").asInt()).isEqualTo(1);
    assertThat(found("quokka")).isZero();
    assertThat(found("numbat")).isEqualTo(1);
    assertThat(api.get("/documents/" + goes).status()).isEqualTo(404);

    Answer audit = api.get("/admin/audit?action=solution.forget");
    assertThat(audit.text("/events/0/target")).isEqualTo(goes);
    assertThat(audit.text("/events/0/actor")).isEqualTo("local");
    JsonNode status = api.get("/gc/status").json();
    assertThat(status.path("last_run").path("run_id")).isEqualTo(run.json().path("run_id"));
    assertThat(status.path("tombstones").asInt()).isPositive();
    assertThat(status.path("next_run").asString("")).contains("T02:00:00");
    assertThat(api.get("/gc/runs?limit=1").json().path("runs").path(0).path("run_id"))
        .isEqualTo(run.json().path("run_id"));
    String next = api.get("/gc/runs?limit=1").text("/next_cursor");
    assertThat(
            api.get("/gc/runs?limit=1&cursor=" + next).json().path("runs").path(0).path("run_id"))
        .isEqualTo(plan.json().path("run_id"));

    Answer restored = api.post("/gc/restore", Map.of("run", run.text("/run_id")));
    assertThat(restored.json().path("restored").asInt()).isEqualTo(1);
    assertThat(found("quokka")).isEqualTo(1);
    assertThat(api.get("/documents/" + goes).text("/content")).isEqualTo("quokka");
    Answer again = api.post("/gc/restore", Map.of("ids", List.of(goes)));
    assertThat(again.json().path("unknown").asInt()).isEqualTo(1);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThat(api.post("/gc/restore", Map.of()).status()).isEqualTo(422);
    assertThat(
            api.post(
                    "/gc/restore",
                    Map.of("ids", List.of(UUID.randomUUID()), "run", UUID.randomUUID()))
                .status())
        .isEqualTo(422);
    assertThat(api.post("/gc", Map.of("operations", List.of("everything"))).status())
        .isEqualTo(422);
    assertThat(api.post("/gc", Map.of("wait_seconds", 601)).status()).isEqualTo(422);
    assertThat(api.get("/gc/runs/" + UUID.randomUUID()).status()).isEqualTo(404);
  }

  private static Ended aidb(String... arguments) throws Exception {
    return Program.plain().with("AIDB_URL", "http://127.0.0.1:" + server.port()).run(90, arguments);
  }

  @Test
  void theCommandLineDoesTheSame() throws Exception {
    String goes = solution("bandicoot", 0.1, 50);

    Ended plan = aidb("gc", "plan", "--only", "expired");
    assertThat(plan.status()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("expired", goes);
    assertThat(aidb("gc", "run").status()).as("it asks first").isNotZero();
    Ended run = aidb("gc", "run", "--only", "expired", "--yes", "--json");
    assertThat(run.status()).as(run.err()).isZero();
    String id = JsonMapper.shared().readTree(run.out()).path("run_id").asString("");
    assertThat(aidb("gc", "runs").out()).contains(id);
    assertThat(aidb("gc", "runs", id).out()).contains(goes);
    assertThat(aidb("gc", "status").out()).contains("tombstones: ", "last run: done");
    Ended restored = aidb("gc", "restore", goes, "--pin");
    assertThat(restored.status()).as(restored.err()).isZero();
    assertThat(restored.out()).contains("restored");
    assertThat(aidb("gc", "restore", goes).status()).as("it is back already").isEqualTo(1);
    assertThat(aidb("gc", "restore").status()).isEqualTo(2);
    assertThat(aidb("gc").status()).isEqualTo(2);
  }
}
