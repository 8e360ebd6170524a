package dev.aidb.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.operation.Json;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of {@code POST /vector/search} at every bound and one past it, as a client sees them.
 */
class ValidationTest {
  private static final String ASTRAL = "😀"; // one character, two UTF-16 units, four bytes
  private final ApiClient api = RunningServer.api();

  private Answer search(String field, Object value) {
    Map<String, Object> body = new HashMap<>(Map.of("query", "x", "mode", "keyword"));
    body.put(field, value);
    return api.post("/vector/search", body);
  }

  private Answer raw(String json) {
    return api.post("/vector/search", json);
  }

  private static String refused(String rule) {
    return "Validation failed: " + rule;
  }

  static final List<Arguments> WITHIN =
      List.of(
          Arguments.of("query", "x"),
          Arguments.of("query", "x".repeat(10_000)),
          Arguments.of("query", ASTRAL.repeat(10_000)), // 40,000 bytes
          Arguments.of("query", "a\tb\r\nc"),
          Arguments.of("limit", 1),
          Arguments.of("limit", 100),
          Arguments.of("limit", 1e1),
          Arguments.of("offset", 0),
          Arguments.of("offset", 10_000),
          Arguments.of("min_score", 0),
          Arguments.of("min_score", 1),
          Arguments.of("min_score", 1e-300),
          Arguments.of("project", "p".repeat(128)),
          Arguments.of("max_tokens", 64),
          Arguments.of("max_tokens", 100_000),
          Arguments.of("include", List.of()),
          Arguments.of("include", List.of("content", "metadata", "embedding", "explain")),
          Arguments.of("filter", Map.of()),
          Arguments.of("collection", "tool_schemas"));

  @ParameterizedTest
  @FieldSource("WITHIN")
  void takesWhatIsWithinTheRule(String field, Object value) {
    Answer answer = search(field, value);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  static final List<Arguments> BEYOND =
      List.of(
          Arguments.of(
              "query",
              "",
              "query: must not be blank (blank); query: must have at least 1 character"
                  + " (min_length)"),
          Arguments.of(
              "query",
              "x".repeat(10_001),
              "query: must have at most 10000 characters (max_length)"),
          Arguments.of("query", " \t\r\n\u00a0\u2003", "query: must not be blank (blank)"),
          Arguments.of(
              "query",
              "a\u0007b",
              "query: must not contain control characters other than tab, line feed and carriage"
                  + " return (control_characters)"),
          Arguments.of(
              "query",
              "a\u0085b",
              "query: must not contain control characters other than tab, line feed and carriage"
                  + " return (control_characters)"),
          Arguments.of("query", 7, "query: must be a string (type)"),
          Arguments.of("query", List.of("x"), "query: must be a string (type)"),
          Arguments.of("limit", 0, "limit: must be at least 1 (min)"),
          Arguments.of("limit", 101, "limit: must be at most 100 (max)"),
          Arguments.of("limit", 1.5, "limit: must be an integer (type)"),
          Arguments.of("limit", "10", "limit: must be an integer (type)"),
          Arguments.of("limit", true, "limit: must be an integer (type)"),
          Arguments.of("limit", 1e300, "limit: must be between -2147483648 and 2147483647 (range)"),
          Arguments.of("offset", -1, "offset: must be at least 0 (min)"),
          Arguments.of("offset", 10_001, "offset: must be at most 10000 (max)"),
          Arguments.of("min_score", -0.1, "min_score: must be at least 0 (min)"),
          Arguments.of("min_score", 1.1, "min_score: must be at most 1 (max)"),
          Arguments.of("min_score", Math.nextUp(1.0), "min_score: must be at most 1 (max)"),
          Arguments.of("min_score", "0.5", "min_score: must be a number (type)"),
          Arguments.of("project", "", "project: must have at least 1 character (min_length)"),
          Arguments.of(
              "project", "p".repeat(129), "project: must have at most 128 characters (max_length)"),
          Arguments.of("max_tokens", 63, "max_tokens: must be at least 64 (min)"),
          Arguments.of("max_tokens", 100_001, "max_tokens: must be at most 100000 (max)"),
          Arguments.of("mode", "both", "mode: must be one of: hybrid, vector, keyword (enum)"),
          Arguments.of("mode", "HYBRID", "mode: must be one of: hybrid, vector, keyword (enum)"),
          Arguments.of(
              "include",
              List.of("content", "all"),
              "include[1]: must be one of: content, metadata, embedding, explain (enum)"),
          Arguments.of("nonsense", 1, "nonsense: is not a known field (unknown_field)"),
          Arguments.of(
              "embedding", List.of(1, 2, 3), "embedding: must have 384 components (dimension)"),
          Arguments.of("embedding", java.util.Collections.nCopies(384, 0), null),
          Arguments.of("filter", List.of(), "filter: must be an object (type)"),
          Arguments.of("collection", "", null),
          Arguments.of("collection", "UPPER", null),
          Arguments.of("collection", "c".repeat(65), null),
          Arguments.of("collection", "no_such", "Unknown collection: 'no_such'"));

  @ParameterizedTest
  @FieldSource("BEYOND")
  void refusesWhatIsBeyondTheRule(String field, Object value, String rule) {
    Answer answer = search(field, value);
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    if (rule == null) {
      assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
    } else {
      assertThat(answer.text("/detail")).isEqualTo(refused(rule));
    }
    assertThat(answer.text("/instance")).isEqualTo("/vector/search");
    String shown = Json.text(value);
    if (shown.length() > 60) {
      assertThat(answer.body()).doesNotContain(shown.substring(1, 50));
    }
  }

  @Test
  void countsBytesBesideCharacters() {
    // 10,000 characters can't take more than 40,000 bytes, so both rules are broken at once.
    Answer answer = search("query", ASTRAL.repeat(10_001));
    assertThat(answer.json().path("errors").findValuesAsString("code"))
        .containsExactlyInAnyOrder("max_length", "max_bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "a\\udc00b", "\\u0000"})
  void refusesWhatIsNoText(String escaped) {
    Answer answer = raw("{\"query\":\"" + escaped + "\"}");
    assertThat(answer.status()).isEqualTo(422);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{\"query\":null}", "{}", "{\"limit\":5}"})
  void needsAQuery(String json) {
    Answer answer = raw(json);
    if (json.equals("null")) {
      assertThat(answer.status()).isEqualTo(400);
    } else {
      assertThat(answer.text("/detail")).isEqualTo(refused("query: is required (required)"));
    }
  }

  @Test
  void anOptionalFieldThatIsNullIsAbsent() {
    assertThat(raw("{\"query\":\"x\",\"project\":null,\"limit\":null,\"mode\":null}").status())
        .isEqualTo(200);
  }

  @Test
  void saysAllAtOnce() {
    Answer answer = raw("{\"query\":\" \",\"limit\":0,\"offset\":-1,\"x\":1}");
    assertThat(answer.json().path("errors").findValuesAsString("field"))
        .containsExactlyInAnyOrder("query", "limit", "offset", "x");
    assertThat(answer.text("/title")).isEqualTo("A field breaks its rule");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                              | unexpected end at line 1, column 2",
        "``                             | the body is empty at line 1, column 1",
        "[]                             | an object is expected at line 1, column 1",
        "\"x\"                          | an object is expected at line 1, column 1",
        "7                              | an object is expected at line 1, column 1",
        "{\"query\":\"x\"}{}            | unexpected content after the object at line 1, column 14",
        "{\"query\":\"x\",\"query\":\"y\"} | a field occurs twice at line 1",
        "{\"query\":\"x\",\"min_score\":NaN} | unexpected character at line 1",
        "{\"query\":\"x\",\"min_score\":Infinity} | unexpected character at line 1",
        "{'query':'x'}                  | unexpected character at line 1",
        "{\"query\":\"x\",}             | unexpected character at line 1",
        "{\"query\":secret-word}        | unexpected character at line 1",
        "{\"query\": // comment         | unexpected character at line 1",
      })
  void saysWhereMalformedJsonIsWrong(String json, String reason) {
    Answer answer = raw(json);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/code")).isEqualTo("malformed_json");
    assertThat(answer.text("/detail"))
        .startsWith("Malformed JSON: " + reason)
        .matches(".* at line \\d+, column \\d+")
        .doesNotContain("secret-word");
  }

  @Test
  void countsLines() {
    assertThat(raw("{\n \"query\":\n  oops}").text("/detail"))
        .startsWith("Malformed JSON: unexpected character at line 3, column ");
  }

  @Test
  void refusesDeepJson() {
    String deep = "{\"query\":\"x\",\"filter\":" + "{\"must\":[".repeat(5_000) + "]}".repeat(5_000);
    Answer answer = raw(deep + "}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("nested deeper than 64 levels");
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[] json = "{\"query\":\"??\"}".getBytes(UTF_8);
    json[10] = (byte) 0xc3;
    json[11] = (byte) 0x28;
    Answer answer = api.post("/vector/search", "application/json", json);
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void refusesHugeNumbers() {
    assertThat(raw("{\"query\":\"x\",\"limit\":1e999999999999}").status()).isIn(400, 422);
    assertThat(raw("{\"query\":\"x\",\"limit\":" + "9".repeat(60) + "}").status()).isEqualTo(422);
    assertThat(raw("{\"query\":\"x\",\"limit\":" + "9".repeat(6_000) + "}").status())
        .isEqualTo(400);
    assertThat(raw("{\"query\":\"x\",\"min_score\":1e400}").status()).isEqualTo(422);
  }

  static Stream<Arguments> filters() {
    String condition = "{\"key\":\"a\",\"match\":{\"value\":1}}";
    String four = "{\"must\":[{\"must\":[{\"must\":[{\"must\":[" + condition + "]}]}]}]}";
    return Stream.of(
        Arguments.of("{\"must\":[" + condition + "]}", 200),
        Arguments.of(four, 200),
        Arguments.of("{\"must\":[" + four + "]}", 422),
        Arguments.of("{\"must\":[" + (condition + ",").repeat(63) + condition + "]}", 200),
        Arguments.of("{\"must\":[" + (condition + ",").repeat(64) + condition + "]}", 422),
        Arguments.of(
            "{\"must\":["
                + (condition + ",").repeat(63)
                + condition
                + "],\"should\":["
                + condition
                + "]}",
            422),
        Arguments.of("{\"must\":[{\"key\":\"a\"}]}", 422),
        Arguments.of("{\"must\":[{\"match\":{\"value\":1}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"match\":{}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"match\":{\"any\":[]}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"match\":{\"value\":{}}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"match\":{\"value\":1,\"any\":[1]}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"range\":{}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"range\":{\"gt\":1,\"gte\":1}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"range\":{\"gt\":1,\"lt\":\"b\"}}]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"a\",\"range\":{\"gt\":\"a\",\"lt\":\"b\"}}]}", 200),
        Arguments.of("{\"must\":[{}]}", 422),
        Arguments.of("{\"must\":[null]}", 422),
        Arguments.of("{\"mist\":[]}", 422),
        Arguments.of("{\"must\":[{\"key\":\"\",\"match\":{\"value\":1}}]}", 422));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("filters")
  void boundsFilters(String filter, int status) {
    Answer answer = raw("{\"query\":\"x\",\"mode\":\"keyword\",\"filter\":" + filter + "}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    if (status == 422) {
      assertThat(answer.text("/detail")).startsWith("Validation failed: filter");
    }
  }

  @Test
  void refusesABodyOfTenMegabytes() {
    Answer answer = raw("{\"query\":\"" + "x".repeat(10 << 20) + "\"}");
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text("/code")).isEqualTo("payload_too_large");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, 415",
    "application/x-www-form-urlencoded, 415",
    "application/json; charset=utf-8, 200",
    "APPLICATION/JSON, 200",
    "application/json; charset=iso-8859-1, 415",
    "application/problem+json, 415"
  })
  void takesJsonOnly(String type, int status) {
    byte[] body = "{\"query\":\"x\",\"mode\":\"keyword\"}".getBytes(UTF_8);
    assertThat(api.post("/vector/search", type, body).status()).isEqualTo(status);
  }

  @Test
  void knowsItsAddressesAndMethods() {
    assertThat(api.get("/no/such/place").status()).isEqualTo(404);
    assertThat(api.post("/no/such/place", "{}").status()).isEqualTo(404);
    Answer wrong = api.get("/vector/search");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("Allow").orElse("")).contains("POST").doesNotContain("GET");
    assertThat(api.delete("/health").status()).isEqualTo(405);
  }

  @Test
  void refusesParametersItDoesNotKnow() {
    assertThat(api.get("/documents?limt=5").text("/detail"))
        .isEqualTo(refused("limt: is not a known field (unknown_field)"));
    assertThat(api.get("/documents?limit=5&limit=6").status()).isEqualTo(422);
    assertThat(api.get("/documents?limit=101").text("/detail"))
        .isEqualTo(refused("limit: must be at most 100 (max)"));
    assertThat(api.get("/documents?limit=0").status()).isEqualTo(422);
  }

  @Test
  void echoesASaneRequestIdAndNoOther() {
    HttpRequest.Builder sane = api.request("/health").header("X-Request-ID", "my-id.1").GET();
    assertThat(api.send(sane).header("X-Request-ID")).contains("my-id.1");
    HttpRequest.Builder odd = api.request("/health").header("X-Request-ID", "<b>").GET();
    assertThat(api.send(odd).header("X-Request-ID")).isNotEmpty().get().isNotEqualTo("<b>");
  }

  @Test
  void refusesForeignPagesAndWrongKeys() {
    Answer page =
        api.send(api.request("/collections").header("Origin", "http://evil.example").GET());
    assertThat(page.status()).isEqualTo(403);
    Answer key = api.send(api.request("/collections").header("X-API-Key", "aidb_a_b").GET());
    assertThat(key.status()).isEqualTo(401);
    assertThat(key.header("WWW-Authenticate")).isPresent();
    assertThat(
            api.send(api.request("/collections").header("Authorization", "Bearer aidb_a_b").GET())
                .status())
        .isEqualTo(401);
  }

  @Test
  void theMetricsMove() {
    String failures = "aidb_query_validation_failures_total{reason=\"%s\"}";
    String size = "aidb_query_size_bytes_bucket{le=\"%s\"}";
    String answered =
        "aidb_http_requests_total{endpoint=\"/vector/search\",method=\"POST\",status=\"%s\"}";
    double tooLong = api.metric(failures.formatted("max_length"));
    double malformed = api.metric(failures.formatted("malformed_json"));
    double unknown = api.metric(failures.formatted("unknown_collection"));
    double passed = api.metric("aidb_query_validation_success_total");
    double small = api.metric(size.formatted("100.0"));
    double all = api.metric("aidb_query_size_bytes_count");
    double refused = api.metric(answered.formatted(422));
    double latency = api.metric("aidb_query_validation_latency_seconds_count");

    search("query", "x".repeat(10_001));
    raw("{");
    search("collection", "no_such");
    search("query", "x".repeat(4_000));

    assertThat(api.metric(failures.formatted("max_length"))).isEqualTo(tooLong + 1);
    assertThat(api.metric(failures.formatted("malformed_json"))).isEqualTo(malformed + 1);
    assertThat(api.metric(failures.formatted("unknown_collection"))).isEqualTo(unknown + 1);
    assertThat(api.metric("aidb_query_validation_success_total")).isEqualTo(passed + 1);
    assertThat(api.metric(size.formatted("100.0"))).isEqualTo(small + 1);
    assertThat(api.metric("aidb_query_size_bytes_count")).isEqualTo(all + 2);
    assertThat(api.metric(answered.formatted(422))).isEqualTo(refused + 2);
    assertThat(api.metric("aidb_query_validation_latency_seconds_count")).isEqualTo(latency + 4);
    assertThat(
            api.metric(
                "aidb_http_request_latency_seconds_count{endpoint=\"/vector/search\",method=\"POST\"}"))
        .isPositive();
    assertThat(api.get("/metrics").body())
        .contains("aidb_http_request_errors_total{endpoint=\"/vector/search\",method=\"POST\"}")
        .contains("aidb_query_validation_failures_total{reason=\"blank\"}")
        .contains("le=\"500.0\"", "le=\"1000.0\"", "le=\"5000.0\"", "le=\"10000.0\"");
  }
}
