package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  private static final OpenApi.About ABOUT =
      new OpenApi.About(
          "AIDB", "0.1.0", "Knowledge for agents.", "http://127.0.0.1:8091", "https://example.org");

  private static Map<String, Object> document() {
    return Json.readObject(
        Json.bytes(
            OpenApi.document(
                Operations.of(
                    List.of(
                        Samples.search(),
                        Samples.get(),
                        Samples.change(),
                        Samples.stream(),
                        Samples.every())),
                ABOUT,
                List.of(
                    new OpenApi.PlainPath(
                        "/metrics", "metrics", "health", "Metrics.", "text/plain", Scope.READ)))));
  }

  /** What stands at the end of a way of names and indexes. */
  private static Object at(Object tree, Object... way) {
    Object here = tree;
    for (Object step : way) {
      Object next =
          step instanceof Integer index
              ? ((List<?>) here).get(index)
              : ((Map<?, ?>) here).get(step);
      assertThat(next).as("%s of %s", step, List.of(way)).isNotNull();
      here = java.util.Objects.requireNonNull(next);
    }
    return here;
  }

  @Test
  void aRouteCarriesWhatItsDeclarationSays() throws IOException {
    Map<String, Object> document = document();
    Object search = at(document, "paths", "/vector/search", "post");

    assertThat(at(search, "operationId")).isEqualTo("search");
    assertThat(at(search, "tags")).isEqualTo(List.of("search"));
    assertThat(at(search, "requestBody", "content", "application/json", "schema", "$ref"))
        .isEqualTo("#/components/schemas/Search");
    assertThat(at(search, "responses", "200", "content", "application/json", "schema", "$ref"))
        .isEqualTo("#/components/schemas/Found");
    assertThat(((Map<?, ?>) at(search, "responses")).keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrder(
            "200", "400", "401", "403", "408", "413", "415", "422", "429", "500", "503", "504");
    assertThat(at(search, "requestBody", "content", "application/json", "example"))
        .isEqualTo(Map.of("collection", "nixos_docs", "query", "roll back"));
    assertThat(at(document, "components", "schemas", "Search", "additionalProperties"))
        .isEqualTo(false);
    Files.writeString(Path.of("target", "openapi-sample.json"), Json.text(document));
  }

  @Test
  void pathAndQueryBecomeParameters() {
    Object get = at(document(), "paths", "/documents/{id}", "get");

    assertThat(at(get, "parameters", 0, "in")).isEqualTo("path");
    assertThat(at(get, "parameters", 0, "required")).isEqualTo(true);
    assertThat(at(get, "parameters", 1, "name")).isEqualTo("include_content");
    assertThat(at(get, "parameters", 1, "in")).isEqualTo("query");
    assertThat(at(get, "parameters", 1, "schema", "default")).isEqualTo(false);
    assertThat(at(get, "parameters", 2, "schema", "items", "enum"))
        .isEqualTo(List.of("content", "metadata", "explain"));
    assertThat(((Map<?, ?>) get).containsKey("requestBody")).isFalse();
  }

  @Test
  void aBodyLeavesOutWhatThePathSays() {
    Map<String, Object> document = document();
    Object change = at(document, "paths", "/documents/{id}", "patch");

    assertThat(at(change, "requestBody", "content", "application/json", "schema", "$ref"))
        .isEqualTo("#/components/schemas/ChangeDocumentBody");
    assertThat(
            ((Map<?, ?>) at(document, "components", "schemas", "ChangeDocumentBody", "properties"))
                .keySet().stream().map(String::valueOf))
        .containsExactly("title");
    assertThat(at(change, "responses", "202")).isNotNull();
  }

  @Test
  void aStreamIsLinesOfJson() {
    Object stream = at(document(), "paths", "/chunks/batch", "post");

    assertThat(at(stream, "requestBody", "content", "application/x-ndjson")).isNotNull();
    assertThat(at(stream, "responses", "200", "content", "application/x-ndjson")).isNotNull();
  }

  @Test
  void aRecordThatGoesBothWaysHasTwoSchemas() {
    Object schemas = at(document(), "components", "schemas");

    assertThat(at(schemas, "Every")).isNotEqualTo(at(schemas, "EveryOutput"));
  }

  @Test
  void theDocumentIsTheSameEveryTime() {
    assertThat(Json.text(document())).isEqualTo(Json.text(document()));
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    Map<String, Object> document = document();
    List<String> references = new ArrayList<>();
    collect(document, references);

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(at(document, (Object[]) reference.substring(2).split("/"))).isNotNull();
    }
  }

  private static void collect(Object tree, List<String> references) {
    if (tree instanceof Map<?, ?> map) {
      if (map.get("$ref") instanceof String reference) {
        references.add(reference);
      }
      map.values().forEach(value -> collect(value, references));
    } else if (tree instanceof List<?> list) {
      list.forEach(value -> collect(value, references));
    }
  }
}
