package dev.aidb.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.aidb.operation.Json;
import dev.aidb.testkit.ApiClient.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What an OpenAPI document promises, held against what was answered. Thread-safe. */
public final class Contract {
  private static final String PROBLEM = "application/problem+json";
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final JsonNode document;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
  private final Set<String> succeeded = new ConcurrentSkipListSet<>();

  Contract(JsonNode document) {
    this.document = document;
  }

  /** The ids of all operations. */
  public Set<String> operations() {
    Set<String> ids = new TreeSet<>();
    document
        .path("paths")
        .forEach(
            path -> path.forEach(operation -> ids.add(operation.path("operationId").asString())));
    return ids;
  }

  /** The ids of the operations that answered with a 2xx. */
  public Set<String> succeeded() {
    return Set.copyOf(succeeded);
  }

  void check(String method, String path, Answer answer) {
    String what = method + " " + path + " -> " + answer.status();
    assertThat(answer.header("X-Request-ID")).as(what).isPresent();
    Optional<JsonNode> found = path(path);
    if (found.isEmpty()) {
      assertThat(answer.status()).as(what).isIn(400, 403, 404);
      checkProblem(what, answer);
      return;
    }
    JsonNode operation = found.get().path(method.toLowerCase(Locale.ROOT));
    if (operation.isMissingNode()) {
      assertThat(answer.status()).as(what).isEqualTo(405);
      checkProblem(what, answer);
      return;
    }
    JsonNode response = operation.path("responses").path(String.valueOf(answer.status()));
    assertThat(response.isMissingNode()).as("%s is not declared", what).isFalse();
    String type = mediaType(answer);
    JsonNode content = resolved(response).path("content").path(type);
    assertThat(content.isMissingNode()).as("%s has type %s", what, type).isFalse();
    validate(what, content.path("schema"), type, answer.body());
    if (answer.status() < 300) {
      succeeded.add(operation.path("operationId").asString());
    }
    if (answer.status() >= 400 && type.equals(PROBLEM)) {
      checkProblem(what, answer);
    }
  }

  private void checkProblem(String what, Answer answer) {
    assertThat(mediaType(answer)).as(what).isEqualTo(PROBLEM);
    validate(
        what,
        Json.mapper().readTree("{\"$ref\":\"#/components/schemas/Problem\"}"),
        PROBLEM,
        answer.body());
    JsonNode problem = answer.json();
    assertThat(problem.path("status").asInt()).as(what).isEqualTo(answer.status());
    assertThat(problem.path("request_id").asString())
        .as(what)
        .isEqualTo(answer.header("X-Request-ID").orElseThrow());
    assertThat(problem.path("type").asString())
        .as(what)
        .isEqualTo("/docs/errors#" + problem.path("code").asString());
  }

  private void validate(String what, JsonNode schema, String type, String body) {
    if (type.startsWith("text/")) {
      return;
    }
    List<String> texts =
        type.equals("application/x-ndjson") ? body.lines().toList() : List.of(body);
    Schema compiled = schemas.computeIfAbsent(schema.toString(), key -> compile(schema));
    for (String text : texts) {
      List<Error> errors =
          compiled.validate(
              text,
              InputFormat.JSON,
              context -> context.executionConfig(c -> c.formatAssertionsEnabled(true)));
      assertThat(errors).as("%s: %s", what, text).isEmpty();
    }
  }

  private Schema compile(JsonNode schema) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    whole.put("allOf", List.of(schema));
    whole.put("components", document.path("components"));
    return REGISTRY.getSchema(Json.text(whole), InputFormat.JSON);
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode reference = node.path("$ref");
    return reference.isMissingNode() ? node : document.at(reference.asString().substring(1));
  }

  /** The path's entry, an exact one before one with variables. */
  private Optional<JsonNode> path(String asked) {
    JsonNode paths = document.path("paths");
    if (paths.has(asked)) {
      return Optional.of(paths.path(asked));
    }
    return paths.propertyNames().stream()
        .filter(template -> matches(template, asked))
        .findFirst()
        .map(paths::path);
  }

  private static boolean matches(String template, String path) {
    String pattern = Pattern.quote(template).replaceAll("\\{[^/{}]+\\}", "\\\\E[^/]+\\\\Q");
    return path.matches(pattern);
  }

  private static String mediaType(Answer answer) {
    return answer.header("Content-Type").orElse("").split(";", 2)[0].strip();
  }
}
