package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Questions in plain words to texts that the server embedded itself. */
class SearchTest {
  private static final String COLLECTION = "search-test";
  private static final ApiClient API = RunningServer.api();

  @BeforeAll
  static void fill() {
    API.post("/collections", Map.of("name", COLLECTION));
    put(
        "rollback.md",
        "# Going back\nAfter a broken system update you can return to the previous generation with"
            + " `nixos-rebuild switch --rollback`, or choose it in the boot menu.");
    put(
        "firewall.md",
        "# Firewall\nOpen a port with networking.firewall.allowedTCPPorts = [ 8091 ];");
    put("cats.md", "# Cats\nA cat sleeps for most of the day and hunts at dusk.");
    put(
        "backup.md",
        "# Backups\nCopy the data every night to another machine, and try to restore.");
    put("parser.md", "# Parser\nThe function parseHttpHeader_v2 reads one header line.");
  }

  private static void put(String path, String content) {
    Answer answer =
        API.post(
            "/documents",
            Map.of(
                "collection",
                COLLECTION,
                "project",
                "manual",
                "path",
                path,
                "content",
                content,
                "content_type",
                "text/markdown",
                "metadata",
                Map.of("file", path)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
  }

  private static JsonNode ask(String query, String mode) {
    Answer answer =
        API.post("/vector/search", Map.of("collection", COLLECTION, "query", query, "mode", mode));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  @ParameterizedTest
  @CsvSource({
    "vector, how do I undo a failed upgrade, rollback.md",
    "hybrid, how do I undo a failed upgrade, rollback.md",
    "vector, feline habits, cats.md",
    "hybrid, let traffic through to my web server, firewall.md",
    "keyword, allowedTCPPorts, firewall.md",
    "hybrid, parseHttpHeader_v2, parser.md",
    "keyword, http header, parser.md",
  })
  void findsTheTextThatAnswers(String mode, String query, String expected) {
    assertThat(ask(query, mode).at("/results/0/metadata/file").asString()).isEqualTo(expected);
  }

  @Test
  void aResultTellsWhereItIsFrom() {
    JsonNode answer = ask("undo an upgrade", "hybrid");
    JsonNode first = answer.at("/results/0");
    assertThat(first.path("collection").asString()).isEqualTo(COLLECTION);
    assertThat(first.path("project").asString()).isEqualTo("manual");
    assertThat(first.path("title").asString()).isEqualTo("Going back");
    assertThat(first.path("chunk").asString()).isEqualTo("0");
    assertThat(first.path("content").asString()).contains("--rollback");
    assertThat(Instant.parse(first.path("created_at").asString()))
        .isCloseTo(Instant.now(), Assertions.within(Duration.ofMinutes(10)));
    assertThat(API.get("/documents/" + first.path("document_id").asString()).text("/path"))
        .isEqualTo("rollback.md");
    assertThat(answer.path("query_time_ms").asDouble()).isNotNegative();
    assertThat(answer.path("limit").asInt()).isEqualTo(10);
    assertThat(answer.path("offset").asInt()).isZero();
    assertThat(answer.path("mode").asString()).isEqualTo("hybrid");
    assertThat(answer.has("degraded")).isFalse();
    assertThat(answer.path("total").asInt()).isEqualTo(5);
    assertThat(answer.path("has_more").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "C++ AND (foo OR \"bar",
        "*:*",
        "a~0.5^7",
        "[1 TO 5]",
        "field:value",
        "-not",
        "\\",
        "/re/",
        "日本語 検索",
        "😀",
        "why does ' OR 1=1 -- return every row",
        "%_%",
        "!!!",
        "the and of"
      })
  void takesAnyTextForWords(String query) {
    for (String mode : new String[] {"keyword", "hybrid"}) {
      ask(query, mode);
    }
  }

  @Test
  void theTextOfAQuestionAndItsVectorAskTheSame() {
    JsonNode vector =
        API.post("/vector/embed", Map.of("texts", java.util.List.of("night copies")))
            .json()
            .at("/embeddings/0");
    Map<String, Object> given =
        new HashMap<>(
            Map.of("collection", COLLECTION, "query", "night copies", "embedding", vector));
    assertThat(API.post("/vector/search", given).json().path("results"))
        .isEqualTo(ask("night copies", "hybrid").path("results"));
  }

  @Test
  void asksTheCollectionOfDocumentationWhenNoneIsNamed() {
    Answer answer = API.post("/vector/search", Map.of("query", "anything"));
    assertThat(answer.status()).isEqualTo(200);
    answer
        .json()
        .path("results")
        .forEach(r -> assertThat(r.path("collection").asString()).isEqualTo("nixos_docs"));
  }
}
