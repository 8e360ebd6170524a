package dev.aidb.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemasTest {
  private static Map<String, Object> properties(Map<String, Object> schema) {
    @SuppressWarnings("unchecked")
    Map<String, Object> properties = (Map<String, Object>) part(schema, "properties");
    return properties;
  }

  private static Object part(Map<String, Object> schema, String name) {
    return Objects.requireNonNull(schema.get(name), name);
  }

  private static Map<String, Object> input(Class<? extends Record> type) {
    return Json.readObject(Json.text(Schemas.input(type)));
  }

  @Test
  void anInputSaysItsRules() {
    Map<String, Object> schema = input(Samples.Search.class);

    assertThat(schema)
        .containsEntry("type", "object")
        .containsEntry("description", "What to look for and where.")
        .containsEntry("required", List.of("query"))
        .containsEntry("additionalProperties", false);
    assertThat(properties(schema).get("collection"))
        .isEqualTo(
            Map.of(
                "description", "Where to search.",
                "type", "string",
                "minLength", 1L,
                "maxLength", 64L,
                "pattern", "^(?:[a-z0-9][a-z0-9_-]*)$",
                "default", "nixos_docs",
                "examples", List.of("nixos_docs")));
    assertThat(properties(schema).get("limit"))
        .isEqualTo(
            Map.of(
                "description",
                "How many results.",
                "type",
                "integer",
                "format",
                "int32",
                "minimum",
                1L,
                "maximum",
                100L,
                "default",
                10L));
    assertThat(properties(schema).get("mode"))
        .isEqualTo(
            Map.of(
                "description", "Which arms to run.",
                "type", "string",
                "enum", List.of("hybrid", "vector", "keyword"),
                "default", "hybrid"));
    assertThat(properties(schema).get("embedding"))
        .isEqualTo(
            Map.of(
                "description",
                "A vector made by the caller.",
                "type",
                "array",
                "items",
                Map.of("type", "number"),
                "minItems",
                3L,
                "maxItems",
                3L));
  }

  @Test
  void aRecordThatHoldsItselfIsADefinition() {
    Map<String, Object> schema = input(Samples.Search.class);

    assertThat(properties(schema).get("filter"))
        .isEqualTo(Map.of("description", "Conditions on the metadata.", "$ref", "#/$defs/Filter"));
    assertThat(Json.text(part(schema, "$defs"))).contains("{\"$ref\":\"#/$defs/Filter\"}");
  }

  @Test
  void anOutputRequiresAllThatIsNeverAbsent() {
    Map<String, Object> schema = Json.readObject(Json.text(Schemas.output(Samples.Found.class)));

    assertThat(schema).containsEntry("required", List.of("results", "total", "mode"));
    assertThat(Json.text(part(schema, "$defs")))
        .contains("\"required\":[\"id\",\"created_at\",\"score\",\"metadata\"]")
        .contains("\"format\":\"date-time\"")
        .contains("\"format\":\"uuid\"");
  }
}
