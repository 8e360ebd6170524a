package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Chunks and vectors that a caller made. */
class CallerVectorsTest {
  private static final String COLLECTION = "caller-vectors";
  private static final String NO_ID = "018f3c1e-0000-7000-8000-000000000001";

  private final ApiClient api = RunningServer.api();
  private String document = "";

  @BeforeAll
  static void makeCollection() {
    RunningServer.api()
        .post("/collections", Map.of("name", COLLECTION, "model", "theirs", "dimension", 3));
  }

  @BeforeEach
  void makeDocument(TestInfo test) {
    Answer put =
        api.post(
            "/documents",
            Map.of("collection", COLLECTION, "path", test.getDisplayName(), "content", ""));
    assertThat(put.status()).as(put.body()).isIn(200, 201);
    document = put.text("/id");
  }

  private static Map<String, Object> item(String document, String chunk, Object embedding) {
    return new HashMap<>(
        Map.of("document_id", document, "chunk_id", chunk, "embedding", embedding));
  }

  private Answer index(Object... items) {
    return api.post("/vector/index", Map.of("items", List.of(items)));
  }

  private Answer nearest(Object embedding) {
    return api.post(
        "/vector/search",
        Map.of(
            "collection",
            COLLECTION,
            "query",
            "-",
            "mode",
            "vector",
            "embedding",
            embedding,
            "include",
            List.of("content", "metadata", "embedding"),
            "limit",
            100));
  }

  @Test
  void isFoundByTheNextSearchNormalisedAndReplaced() {
    Map<String, Object> first = item(document, "a", List.of(3, 0, 4));
    first.put("content", "capybara");
    first.put("metadata", Map.of("n", 1));
    Answer placed = index(first);
    assertThat(placed.status()).isEqualTo(200);
    assertThat(placed.json().path("indexed").asInt()).isEqualTo(1);
    String id = placed.text("/items/0/id");

    Answer found = nearest(List.of(3, 0, 4));
    assertThat(found.text("/results/0/id")).isEqualTo(id);
    assertThat(found.json().at("/results/0/score").asDouble()).isEqualTo(1, within());
    assertThat(found.text("/results/0/content")).isEqualTo("capybara");
    assertThat(found.json().at("/results/0/metadata/n").asInt()).isEqualTo(1);
    assertThat(found.json().at("/results/0/embedding").toString()).isEqualTo("[0.6,0.0,0.8]");

    assertThat(index(item(document, "a", List.of(0, -1, 0))).text("/items/0/id")).isEqualTo(id);
    Answer again = nearest(List.of(0, -2, 0));
    assertThat(again.text("/results/0/id")).isEqualTo(id);
    assertThat(again.text("/results/0/content")).isEmpty();
    for (JsonNode result : nearest(List.of(3, 0, 4)).json().path("results")) {
      if (result.path("id").asString().equals(id)) {
        assertThat(result.path("score").asDouble()).isZero();
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-6);
  }

  @Test
  void theLaterOfTwoForTheSameChunkCounts() {
    Answer answer =
        index(item(document, "a", List.of(1, 0, 0)), item(document, "a", List.of(0, 0.5, 0.5)));
    assertThat(answer.json().path("items").size()).isEqualTo(2);
    assertThat(answer.text("/items/0/id")).isEqualTo(answer.text("/items/1/id"));
    assertThat(nearest(List.of(0, 0.5, 0.5)).json().path("results").findValuesAsString("id"))
        .containsOnlyOnce(answer.text("/items/0/id"));
  }

  @Test
  void storesAllOrNothing() {
    Answer answer =
        index(
            item(document, "x", List.of(1, 1, 1)),
            item(NO_ID, "x", List.of(1, 1, 1)),
            item(document, "y", List.of(1, 1)));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/detail"))
        .contains("items[1].document_id: must be the id of a document (unknown)");
    assertThat(api.get("/documents/" + document).json().path("chunks").asInt()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[1,2]", "[1,2,3,4]", "[0,0,0]", "[1,1e39,0]", "[]", "[1,\"a\",2]", "[1,null,2]"})
  void refusesVectorsThatCantBeCompared(String vector) {
    Answer answer =
        api.post(
            "/vector/index",
            "{\"items\":[{\"document_id\":\"%s\",\"embedding\":%s}]}".formatted(document, vector));
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/field").asString()).startsWith("items[0].embedding");
  }

  @Test
  void refusesNaN() {
    assertThat(
            api.post(
                    "/vector/index",
                    "{\"items\":[{\"document_id\":\"%s\",\"embedding\":[NaN,1,1]}]}"
                        .formatted(document))
                .status())
        .isEqualTo(400);
  }

  @Test
  void needsAVectorWhereTheModelIsTheCallers() {
    Answer answer =
        api.post(
            "/vector/index",
            Map.of("items", List.of(Map.of("document_id", document, "content", "text"))));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/detail"))
        .isEqualTo(
            "Validation failed: items[0].embedding: must be given, since the collection has a model"
                + " of its own (required)");
  }

  @Test
  void embedsContentWhereTheModelIsTheServers() {
    String own =
        api.post("/documents", Map.of("collection", "nixos_docs", "path", "own", "content", ""))
            .text("/id");
    Answer answer =
        api.post(
            "/vector/index",
            Map.of(
                "items",
                List.of(Map.of("document_id", own, "chunk_id", "c", "content", "a tapir swims"))));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    Answer found =
        api.post("/vector/search", Map.of("query", "a tapir swims", "mode", "vector", "limit", 1));
    assertThat(found.text("/results/0/id")).isEqualTo(answer.text("/items/0/id"));
    assertThat(found.json().at("/results/0/score").asDouble()).isGreaterThan(0.9);
    api.delete("/documents/" + own);
  }

  @Test
  void takesAThousandItemsAndNoMore() {
    List<Map<String, Object>> items = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      items.add(item(document, "c" + i, List.of(i % 7 - 3, 1, i % 11)));
    }
    Answer answer = api.post("/vector/index", Map.of("items", items));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("indexed").asInt()).isEqualTo(1_000);
    assertThat(api.get("/documents/" + document).json().path("chunks").asInt()).isEqualTo(1_000);
    items.add(item(document, "one-more", List.of(1, 1, 1)));
    Answer over = api.post("/vector/index", Map.of("items", items));
    assertThat(over.text("/detail"))
        .isEqualTo("Validation failed: items: must have at most 1000 items (max_items)");
    assertThat(api.post("/vector/index", Map.of("items", List.of())).status()).isEqualTo(422);
    api.delete("/documents/" + document);
  }

  @Test
  void aDocumentThatIsGoneTakesNoMore() {
    assertThat(index(item(document, "a", List.of(1, 0, 0))).status()).isEqualTo(200);
    api.delete("/documents/" + document);
    assertThat(index(item(document, "a", List.of(1, 0, 0))).status()).isIn(409, 422);
    assertThat(index(item(document, "a", List.of(1, 0, 0))).status()).isEqualTo(422);
  }
}
