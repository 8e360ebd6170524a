package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registry of collections. */
class CollectionsTest {
  private final ApiClient api = RunningServer.api();

  @Test
  void hasThoseThatExistFromTheStart() {
    assertThat(api.get("/collections").json().path("collections").findValuesAsString("name"))
        .contains(
            "nixos_docs",
            "solved_issues",
            "skill_embeddings",
            "telemetry_patterns",
            "system_registry",
            "tool_schemas");
    Answer kept = api.delete("/collections/nixos_docs");
    assertThat(kept.status()).isEqualTo(409);
  }

  @Test
  void livesAndEnds() {
    Answer made = api.post("/collections", Map.of("name", "life", "description", "d"));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).contains("/collections/life");
    assertThat(made.json().path("dimension").asInt()).isEqualTo(384);
    assertThat(api.post("/collections", Map.of("name", "life")).status()).isEqualTo(409);

    String id =
        api.post("/documents", Map.of("collection", "life", "path", "a", "content", "dugong"))
            .text("/id");
    assertThat(api.get("/collections/life").json().path("documents").asInt()).isEqualTo(1);
    Answer gone = api.delete("/collections/life");
    assertThat(gone.status()).isEqualTo(200);
    assertThat(gone.json().path("documents").asInt()).isEqualTo(1);
    assertThat(api.get("/collections/life").status()).isEqualTo(404);
    assertThat(api.delete("/collections/life").status()).isEqualTo(404);
    assertThat(api.get("/documents/" + id).status()).isEqualTo(404);
    Answer search = api.post("/vector/search", Map.of("collection", "life", "query", "dugong"));
    assertThat(search.text("/detail")).isEqualTo("Validation failed: Unknown collection: 'life'");

    api.post("/collections", Map.of("name", "life"));
    assertThat(
            api.post("/vector/search", Map.of("collection", "life", "query", "dugong"))
                .json()
                .path("total")
                .asInt())
        .isZero();
    api.delete("/collections/life");
  }

  @Test
  void pagesByName() {
    for (int i = 0; i < 7; i++) {
      api.post("/collections", Map.of("name", "page-" + i));
    }
    List<String> names = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = api.get("/collections?limit=3" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      names.addAll(page.json().path("collections").findValuesAsString("name"));
      cursor = page.text("/next_cursor");
    } while (!cursor.isEmpty());
    assertThat(names)
        .isSorted()
        .doesNotHaveDuplicates()
        .contains("page-0", "page-3", "page-6", "tool_schemas");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "-a", "_a", "a b", "a/b", "ä", "a.b"})
  void refusesOddNames(String name) {
    assertThat(api.post("/collections", Map.of("name", name)).status()).isEqualTo(422);
  }

  @Test
  void boundsTheName() {
    assertThat(api.post("/collections", Map.of("name", "n".repeat(64))).status()).isEqualTo(201);
    assertThat(api.post("/collections", Map.of("name", "n".repeat(65))).status()).isEqualTo(422);
  }

  @Test
  void needsADimensionForAModelOfItsOwn() {
    Answer none = api.post("/collections", Map.of("name", "own-x", "model", "mine"));
    assertThat(none.status()).isEqualTo(422);
    assertThat(none.json().at("/errors/0/field").asString()).isEqualTo("dimension");
    assertThat(api.post("/collections", Map.of("name", "own-x", "dimension", 3)).status())
        .isEqualTo(422);
    for (int dimension : List.of(0, 4097)) {
      assertThat(
              api.post(
                      "/collections",
                      Map.of("name", "own-x", "model", "mine", "dimension", dimension))
                  .status())
          .isEqualTo(422);
    }
  }

  @Test
  void textsOfAForeignModelAreNotEmbedded() {
    api.post("/collections", Map.of("name", "foreign", "model", "mine", "dimension", 3));
    Answer put =
        api.post("/documents", Map.of("collection", "foreign", "path", "a", "content", "text"));
    assertThat(put.status()).isEqualTo(201);
    assertThat(put.json().path("chunks").asInt()).isZero();
    // Without a vector of the question there is only the keyword arm, and the answer says so.
    Answer search = api.post("/vector/search", Map.of("collection", "foreign", "query", "text"));
    assertThat(search.text("/mode")).isEqualTo("keyword");
    assertThat(search.json().path("degraded").toString()).isEqualTo("[\"embeddings\"]");
  }

  @Test
  void fusionAndChunkingAreKept() {
    Answer made =
        api.post(
            "/collections",
            Map.of(
                "name", "tuned",
                "chunking", Map.of("max_tokens", 64, "overlap_tokens", 8),
                "fusion",
                    Map.of("dense_weight", 2.0, "keyword_weight", 1.0, "k", 30, "depth", 500)));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    Answer read = api.get("/collections/tuned");
    assertThat(read.json().at("/chunking/max_tokens").asInt()).isEqualTo(64);
    assertThat(read.json().at("/fusion/k").asInt()).isEqualTo(30);
  }
}
