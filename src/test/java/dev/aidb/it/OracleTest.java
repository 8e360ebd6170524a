package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.operation.Json;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Answers over 1,700 records, a good part of them identical, against what a plain loop over all
 * records says.
 */
class OracleTest {
  private static final String COLLECTION = "oracle";
  private static final int DIMENSION = 16;
  private static final int RECORDS = 1_700;
  private static final int IDENTICAL = 400;
  private static final long SEED = 20_261_121;
  private static final List<String> WORDS =
      List.of("alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel");
  private static final Offset<Double> CLOSE = Offset.offset(1e-5);
  private static final ApiClient API = RunningServer.api();

  /** What the server says it holds. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Held(
      String id, String project, String content, Map<String, Object> metadata, float[] vector) {
    double cosine(float[] other) {
      double dot = 0;
      double mine = 0;
      double theirs = 0;
      for (int i = 0; i < vector.length; i++) {
        dot += (double) vector[i] * other[i];
        mine += (double) vector[i] * vector[i];
        theirs += (double) other[i] * other[i];
      }
      return dot / Math.sqrt(mine * theirs);
    }

    int group() {
      return ((Number) metadata.getOrDefault("group", -1)).intValue();
    }

    boolean has(String word) {
      return List.of(content.split(" ")).contains(word);
    }
  }

  private static final List<Held> ALL = new ArrayList<>();

  @BeforeAll
  static void fill() {
    API.post("/collections", Map.of("name", COLLECTION, "model", "theirs", "dimension", DIMENSION));
    Random random = new Random(SEED);
    List<String> documents = new ArrayList<>();
    for (String project : List.of("north", "south")) {
      documents.add(
          API.post(
                  "/documents",
                  Map.of(
                      "collection", COLLECTION,
                      "path", "d",
                      "project", project,
                      "content", "",
                      "title", "Trees"))
              .text("/id"));
    }
    List<Map<String, Object>> items = new ArrayList<>();
    float[] common = vector(random);
    for (int i = 0; i < RECORDS; i++) {
      boolean same = i % 4 == 0 && i / 4 < IDENTICAL;
      items.add(
          Map.of(
              "document_id",
              documents.get(i % 3 == 0 ? 1 : 0),
              "chunk_id",
              "c" + i,
              "content",
              same ? "alder birch" : sentence(random),
              "embedding",
              same ? common : vector(random),
              "metadata",
              Map.of("group", i % 10, "even", i % 2 == 0)));
    }
    for (int from = 0; from < RECORDS; from += 1_000) {
      Answer answer =
          API.post(
              "/vector/index",
              Map.of("items", items.subList(from, Math.min(RECORDS, from + 1_000))));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
    for (JsonNode result :
        walk(
            Map.of(
                "mode", "vector",
                "embedding", vector(new Random(1)),
                "include", List.of("content", "metadata", "embedding")),
            100)) {
      float[] vector = new float[DIMENSION];
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) result.path("embedding").get(i).asDouble();
      }
      ALL.add(
          new Held(
              result.path("id").asString(),
              result.path("project").asString(),
              result.path("content").asString(),
              Json.readObject(result.path("metadata").toString()),
              vector));
    }
    assertThat(ALL).extracting(Held::id).hasSize(RECORDS).doesNotHaveDuplicates();
  }

  private static String sentence(Random random) {
    return random
        .ints(1 + random.nextInt(6), 0, WORDS.size())
        .mapToObj(WORDS::get)
        .collect(Collectors.joining(" "));
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static JsonNode search(Map<String, ?> fields) {
    Map<String, Object> body = new HashMap<>(Map.of("collection", COLLECTION, "query", "alder"));
    body.putAll(fields);
    Answer answer = API.post("/vector/search", body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static Map<String, Object> with(Map<String, ?> fields, String key, Object value) {
    Map<String, Object> all = new HashMap<>(fields);
    all.put(key, value);
    return all;
  }

  /** Every result, by pages of one size. */
  private static List<JsonNode> walk(Map<String, ?> fields, int limit) {
    List<JsonNode> all = new ArrayList<>();
    JsonNode page;
    do {
      page = search(with(with(fields, "limit", limit), "offset", all.size()));
      page.path("results").forEach(all::add);
      assertThat(page.path("has_more").asBoolean())
          .isEqualTo(all.size() < page.path("total").asInt());
    } while (page.path("has_more").asBoolean());
    assertThat(all).hasSize(page.path("total").asInt());
    return all;
  }

  private static List<String> ids(List<JsonNode> results) {
    return results.stream().map(r -> r.path("id").asString()).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void vectorModeFindsEveryRecordInTheOrderOfItsCosine(long seed) {
    float[] question = vector(new Random(seed));
    List<JsonNode> results = walk(Map.of("mode", "vector", "embedding", question), 100);
    assertThat(results).hasSize(RECORDS);
    Map<String, Double> exact =
        ALL.stream().collect(Collectors.toMap(Held::id, h -> h.cosine(question)));
    double before = 2;
    String beforeId = "";
    for (JsonNode result : results) {
      String id = result.path("id").asString();
      double cosine = exact.getOrDefault(id, Double.NaN);
      assertThat(result.path("score").asDouble()).isEqualTo(Math.max(0, cosine), CLOSE);
      assertThat(cosine).isLessThanOrEqualTo(before + 1e-5);
      if (cosine == before) {
        assertThat(id).isGreaterThan(beforeId);
      }
      before = cosine;
      beforeId = id;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "keyword", "hybrid"})
  void minScoreCountsExactlyThoseThatReachIt(String mode) {
    Map<String, Object> fields =
        Map.of("mode", mode, "embedding", vector(new Random(21)), "include", List.of());
    List<Double> scores = walk(fields, 100).stream().map(r -> r.path("score").asDouble()).toList();
    for (int at : List.of(0, 1, 7, 50, 333, scores.size() - 1)) {
      double bound = scores.get(Math.min(at, scores.size() - 1));
      assertThat(search(with(fields, "min_score", bound)).path("total").asInt())
          .as("min_score %s", bound)
          .isEqualTo((int) scores.stream().filter(s -> s >= bound).count());
      if (bound < 1) {
        assertThat(search(with(fields, "min_score", Math.nextUp(bound))).path("total").asInt())
            .as("min_score just above %s", bound)
            .isEqualTo((int) scores.stream().filter(s -> s > bound).count());
      }
    }
  }

  @Test
  void keywordModeFindsEveryRecordWithATerm() {
    for (String query : List.of("alder", "ginkgo hazel", "alder zebra", "zebra")) {
      List<String> words = List.of(query.split(" "));
      Set<String> expected =
          ALL.stream()
              .filter(h -> words.stream().anyMatch(h::has))
              .map(Held::id)
              .collect(Collectors.toSet());
      List<JsonNode> results = walk(Map.of("mode", "keyword", "query", query), 97);
      assertThat(ids(results)).as(query).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void hybridModeFindsTheFirstThousandOfEitherArm() {
    Map<String, Object> fields = Map.of("query", "ginkgo", "embedding", vector(new Random(31)));
    Set<String> dense =
        Set.copyOf(ids(walk(with(fields, "mode", "vector"), 100)).subList(0, 1_000));
    List<String> keyword = ids(walk(with(fields, "mode", "keyword"), 100));
    Set<String> either = new java.util.HashSet<>(dense);
    either.addAll(keyword.subList(0, Math.min(1_000, keyword.size())));

    List<JsonNode> hybrid = walk(with(fields, "mode", "hybrid"), 100);
    assertThat(ids(hybrid)).containsExactlyInAnyOrderElementsOf(either);
    assertThat(hybrid).allSatisfy(r -> assertThat(r.path("score").asDouble()).isBetween(0.0, 1.0));
  }

  @Test
  void theFirstOfEitherArmIsAmongTheFirstThree() {
    Random random = new Random(41);
    for (int i = 0; i < 20; i++) {
      Map<String, Object> fields =
          Map.of("query", sentence(random), "embedding", vector(random), "include", List.of());
      String dense = search(with(fields, "mode", "vector")).at("/results/0/id").asString();
      String keyword = search(with(fields, "mode", "keyword")).at("/results/0/id").asString();
      assertThat(search(fields).path("results").findValuesAsString("id").subList(0, 3))
          .contains(dense, keyword);
    }
  }

  @Test
  void explainTellsTheRankInEachArm() {
    Map<String, Object> fields = Map.of("query", "cedar fir", "embedding", vector(new Random(51)));
    List<String> dense = ids(walk(with(fields, "mode", "vector"), 100));
    List<String> keyword = ids(walk(with(fields, "mode", "keyword"), 100));
    JsonNode page =
        search(with(with(fields, "include", List.of("explain")), "limit", 100)).path("results");
    for (JsonNode result : page) {
      String id = result.path("id").asString();
      assertThat(result.has("content")).isFalse();
      JsonNode explain = result.path("explain");
      assertThat(explain.has("dense") || explain.has("keyword")).isTrue();
      if (explain.has("dense")) {
        assertThat(explain.at("/dense/rank").asInt()).isEqualTo(dense.indexOf(id) + 1);
      }
      if (explain.has("keyword")) {
        assertThat(explain.at("/keyword/rank").asInt()).isEqualTo(keyword.indexOf(id) + 1);
      }
    }
    JsonNode vector =
        search(
            with(with(with(fields, "mode", "vector"), "include", List.of("explain")), "offset", 5));
    assertThat(vector.at("/results/0/explain/dense/rank").asInt()).isEqualTo(6);
    assertThat(vector.at("/results/0/explain").has("keyword")).isFalse();
  }

  /** However the list is cut into pages, it is the same list. */
  @ParameterizedTest
  @ValueSource(strings = {"vector", "keyword", "hybrid"})
  void pagesJoinToTheWholeList(String mode) {
    Map<String, Object> fields =
        Map.of("mode", mode, "embedding", vector(new Random(61)), "include", List.of());
    List<String> whole = ids(walk(fields, 100));
    Random random = new Random(SEED);
    List<String> joined = new ArrayList<>();
    while (joined.size() < whole.size()) {
      int limit = 1 + random.nextInt(100);
      JsonNode page = search(with(with(fields, "limit", limit), "offset", joined.size()));
      joined.addAll(page.path("results").findValuesAsString("id"));
      assertThat(page.path("total").asInt()).isEqualTo(whole.size());
    }
    assertThat(joined).as("seed %d", SEED).isEqualTo(whole).doesNotHaveDuplicates();
    JsonNode past = search(with(fields, "offset", 10_000));
    assertThat(past.path("results").size()).isZero();
    assertThat(past.path("total").asInt()).isEqualTo(whole.size());
    assertThat(past.path("has_more").asBoolean()).isFalse();
  }

  @Test
  void tiesStandInTheOrderOfTheirIds() {
    List<Held> same = ALL.stream().filter(h -> h.content().equals("alder birch")).toList();
    float[] common =
        same.stream()
            .collect(Collectors.groupingBy(h -> List.of(h.vector()[0], h.vector()[1])))
            .values()
            .stream()
            .max(Comparator.comparingInt(List::size))
            .orElseThrow()
            .getFirst()
            .vector();
    for (String mode : List.of("vector", "keyword")) {
      List<JsonNode> results =
          walk(Map.of("mode", mode, "embedding", common, "query", "alder birch"), 70);
      Map<Double, List<String>> byScore = new java.util.TreeMap<>();
      results.forEach(r ->
          byScore
              .computeIfAbsent(r.path("score").asDouble(), s -> new ArrayList<>())
              .add(r.path("id").asString()));
      if (mode.equals("vector")) {
        assertThat(byScore.values().stream().mapToInt(List::size).max().orElse(0))
            .isGreaterThanOrEqualTo(IDENTICAL);
      }
      // Below zero the score is clamped while the order is not.
      byScore.forEach((score, ids) -> {
        if (score > 0) {
          assertThat(ids).isSorted();
        }
      });
    }
  }

  @Test
  void filtersAndProjectsAreHeldBeforeCounting() {
    Map<String, Object> fields = Map.of("embedding", vector(new Random(71)), "include", List.of());
    Map<String, Object> group3 =
        Map.of("must", List.of(Map.of("key", "group", "match", Map.of("value", 3))));
    Map<String, Object> range =
        Map.of("must", List.of(Map.of("key", "group", "range", Map.of("gte", 2, "lt", 5))));
    Map<String, Object> oneOf =
        Map.of(
            "should",
            List.of(
                Map.of("key", "group", "match", Map.of("any", List.of(1, 2))),
                Map.of("key", "even", "match", Map.of("value", true))));
    Map<String, Object> not =
        Map.of("must_not", List.of(Map.of("key", "even", "match", Map.of("value", true))));
    Map<String, Object> nested =
        Map.of(
            "must", List.of(oneOf),
            "must_not", List.of(Map.of("key", "group", "range", Map.of("gt", 5))));
    Map<String, Object> nothing =
        Map.of("must", List.of(Map.of("key", "none", "match", Map.of("value", "x"))));
    check(fields, group3, h -> h.group() == 3);
    check(fields, range, h -> h.group() >= 2 && h.group() < 5);
    check(fields, oneOf, h -> Set.of(1, 2).contains(h.group()) || even(h));
    check(fields, not, h -> !even(h));
    check(fields, nested, h -> (Set.of(1, 2).contains(h.group()) || even(h)) && h.group() <= 5);
    check(fields, nothing, h -> false);
    check(with(fields, "project", "south"), Map.of(), h -> h.project().equals("south"));
    check(with(fields, "project", "sou"), Map.of(), h -> false);
    check(
        with(fields, "project", "north"),
        group3,
        h -> h.project().equals("north") && h.group() == 3);
  }

  private static boolean even(Held held) {
    return Boolean.TRUE.equals(held.metadata().get("even"));
  }

  private static void check(
      Map<String, Object> fields,
      Map<String, Object> filter,
      java.util.function.Predicate<Held> expected) {
    Map<String, Object> asked = filter.isEmpty() ? fields : with(fields, "filter", filter);
    Set<String> held = ALL.stream().filter(expected).map(Held::id).collect(Collectors.toSet());
    assertThat(ids(walk(with(asked, "mode", "vector"), 100)))
        .as("vector %s", asked)
        .containsExactlyInAnyOrderElementsOf(held);
    Set<String> withTerm =
        ALL.stream()
            .filter(expected)
            .filter(h -> h.has("alder"))
            .map(Held::id)
            .collect(Collectors.toSet());
    assertThat(ids(walk(with(asked, "mode", "keyword"), 100)))
        .as("keyword %s", asked)
        .containsExactlyInAnyOrderElementsOf(withTerm);
  }

  @Test
  void includeDecidesWhatAResultCarries() {
    Map<String, Object> fields = Map.of("embedding", vector(new Random(81)), "limit", 1);
    JsonNode usual = search(fields).at("/results/0");
    assertThat(usual.has("content")).isTrue();
    assertThat(usual.has("metadata")).isTrue();
    assertThat(usual.has("embedding")).isFalse();
    assertThat(usual.has("explain")).isFalse();
    JsonNode bare = search(with(fields, "include", List.of())).at("/results/0");
    assertThat(bare.propertyNames())
        .containsExactlyInAnyOrder(
            "id", "score", "collection", "project", "title", "document_id", "chunk", "created_at");
    JsonNode twice =
        search(with(fields, "include", List.of("embedding", "embedding"))).at("/results/0");
    assertThat(twice.path("embedding").size()).isEqualTo(DIMENSION);
    assertThat(twice.has("content")).isFalse();
  }

  @Test
  void theSameQuestionHasTheSameAnswer() {
    Map<String, Object> fields = Map.of("query", "elm fir", "embedding", vector(new Random(91)));
    assertThat(search(fields).path("results")).isEqualTo(search(fields).path("results"));
  }
}
