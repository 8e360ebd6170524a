package dev.aidb.mcp;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.util.RawValue;

/**
 * The tools of the compact surface, as they are listed: as few words as a model can do with. What a
 * word leaves open, the answer to a wrong call says.
 */
enum CompactTool {
  SEARCH(
      Optional.of("/vector/search"),
      "Find knowledge: ids, titles, snippets, or bodies.",
      """
      {"type":"object","properties":{"query":{"type":"string"},"collection":{"type":"string"},\
      "limit":{"type":"integer"},"bodies":{"type":"boolean"},"max_tokens":{"type":"integer"}},\
      "required":["query"]}\
      """,
      Kind.READS),
  LEARN(
      Optional.of("/hybrid/learn"),
      "Store a solution that worked.",
      """
      {"type":"object","properties":{"query":{"type":"string"},"solution":{"type":"string"}},\
      "required":["query","solution"]}\
      """,
      Kind.ADDS),
  FEEDBACK(
      Optional.of("/hybrid/feedback"),
      "Tell how a solution served.",
      """
      {"type":"object","properties":{"id":{"type":"string"},\
      "outcome":{"enum":["success","partial","failure"]},"user_feedback":{"type":"number"}},\
      "required":["id"]}\
      """,
      Kind.ADDS),
  CONTEXT(
      Optional.of("/context/multi_turn"),
      "Assemble knowledge for a task.",
      """
      {"type":"object","properties":{"query":{"type":"string"},"session_id":{"type":"string"},\
      "max_tokens":{"type":"integer"}},"required":["query"]}\
      """,
      Kind.ADDS),
  DISCOVER(
      Optional.empty(),
      "Find operations by words or name.",
      """
      {"type":"object","properties":{"words":{"type":"string"},\
      "detail":{"enum":["names","lines","schemas"]}}}\
      """,
      Kind.READS),
  CALL(
      Optional.empty(),
      "Run any operation, e.g. get_document {id}.",
      """
      {"type":"object","properties":{"operation":{"type":"string"},"input":{"type":"object"},\
      "max_tokens":{"type":"integer"}},"required":["operation"]}\
      """,
      Kind.ANYTHING);

  /** What a careful client should know beforehand, where it differs from what it assumes. */
  private enum Kind {
    READS,
    ADDS,
    ANYTHING;

    Map<String, Object> annotations() {
      Map<String, Object> annotations = new LinkedHashMap<>();
      switch (this) {
        case READS -> annotations.put("readOnlyHint", true);
        case ADDS -> annotations.put("destructiveHint", false);
        case ANYTHING -> {
          // what is assumed of a tool that says nothing
        }
      }
      annotations.put("openWorldHint", false);
      return annotations;
    }
  }

  private final Optional<String> path;
  private final String description;
  private final String schema;
  private final Kind kind;

  CompactTool(Optional<String> path, String description, String schema, Kind kind) {
    this.path = path;
    this.description = description;
    this.schema = schema;
    this.kind = kind;
  }

  /** The name on the wire. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The route (by POST) of the operation that it stands for; empty for one of the surface's own.
   */
  Optional<String> path() {
    return path;
  }

  /** What is listed of it. */
  Map<String, Object> listed() {
    String name = wireName();
    Map<String, Object> tool = new LinkedHashMap<>();
    tool.put("name", name);
    tool.put("title", name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
    tool.put("description", description);
    tool.put("inputSchema", new RawValue(schema));
    tool.put("annotations", kind.annotations());
    return tool;
  }
}
