package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.store.Database;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The index is compared with rows that were changed behind its back, and mended. */
class IndexUpkeepTest {
  private static final String COLLECTION = "index-upkeep";
  private static final ApiClient API = RunningServer.api();

  @BeforeAll
  static void makeCollection() {
    API.post("/collections", Map.of("name", COLLECTION));
  }

  private static String put(String path, String content) {
    return API.post(
            "/documents", Map.of("collection", COLLECTION, "path", path, "content", content))
        .text("/id");
  }

  private static long total(String word) {
    return API.post(
            "/vector/search", Map.of("collection", COLLECTION, "query", word, "mode", "keyword"))
        .json()
        .path("total")
        .asLong();
  }

  private static JsonNode verify() {
    Answer answer = API.post("/index/verify", "{}");
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  @Test
  void findsAndMendsWhatIsMissingStaleOrOrphaned() {
    String missing = put("missing", "echidna");
    String stale = put("stale", "bilby");
    String orphan = put("orphan", "dunnart");
    String hidden = put("hidden", "possum");
    assertThat(verify().path("repaired").asBoolean()).isFalse();
    try (Database database = RunningServer.shared().database()) {
      database.useHandle(handle -> {
        handle.execute(
            """
            INSERT INTO chunk (id, document_id, chunk, content, embedding, version)
            SELECT gen_random_uuid(), document_id, 'extra', 'kookaburra', embedding,
                   nextval('record_version')
            FROM chunk WHERE document_id = ?
            """,
            UUID.fromString(missing));
        handle.execute(
            "UPDATE chunk SET content = 'galah', version = nextval('record_version') WHERE document_id = ?",
            UUID.fromString(stale));
        handle.execute("DELETE FROM chunk WHERE document_id = ?", UUID.fromString(orphan));
        handle.execute(
            "UPDATE document SET status = 'rejected' WHERE id = ?", UUID.fromString(hidden));
      });
    }
    assertThat(total("kookaburra")).isZero();

    JsonNode found = verify();
    assertThat(found.path("missing").asInt()).isEqualTo(1);
    assertThat(found.path("stale").asInt()).isEqualTo(1);
    assertThat(found.path("orphans").asInt()).isEqualTo(2);
    assertThat(found.path("repaired").asBoolean()).isTrue();
    assertThat(total("kookaburra")).isEqualTo(1);
    assertThat(total("galah")).isEqualTo(1);
    assertThat(total("bilby")).isZero();
    assertThat(total("dunnart")).isZero();
    assertThat(total("possum")).isZero();

    JsonNode again = verify();
    assertThat(again.path("repaired").asBoolean()).isFalse();
    assertThat(again.path("rows").asLong()).isEqualTo(found.path("rows").asLong());
  }

  @Test
  void aRebuiltIndexGivesTheSameAnswers() {
    API.post("/collections", Map.of("name", "index-rebuild"));
    for (int i = 0; i < 30; i++) {
      API.post(
          "/documents",
          Map.of(
              "collection", "index-rebuild",
              "path", "p" + i,
              "content", "bird " + "feather ".repeat(i % 5) + (i % 2 == 0 ? "red" : "green")));
    }
    List<JsonNode> before = answers();
    Answer rebuilt = API.post("/index/rebuild", "{}");
    assertThat(rebuilt.status()).isEqualTo(200);
    assertThat(rebuilt.json().path("records").asLong()).isGreaterThanOrEqualTo(30);
    assertThat(answers()).isEqualTo(before);
    assertThat(verify().path("repaired").asBoolean()).isFalse();
    assertThat(API.get("/index/status").json().path("ready").asBoolean()).isTrue();
  }

  private static List<JsonNode> answers() {
    List<JsonNode> answers = new ArrayList<>();
    for (String mode : List.of("vector", "keyword", "hybrid")) {
      Answer answer =
          API.post(
              "/vector/search",
              Map.of(
                  "collection",
                  "index-rebuild",
                  "query",
                  "red feather",
                  "mode",
                  mode,
                  "limit",
                  100,
                  "include",
                  List.of("content", "explain")));
      answers.add(answer.json().path("results"));
    }
    return answers;
  }
}
