package dev.aidb.mcp;

import dev.aidb.invocation.Invocation;
import dev.aidb.invocation.Invocations;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Operations;
import dev.aidb.operation.Schemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An operation that takes one record and answers one, as a tool.
 *
 * @param invocation the way of its calls
 * @param input the schema of its input
 * @param output the schema of its answer
 */
record Capability(
    Invocation<?, ?> invocation, Map<String, Object> input, Map<String, Object> output) {

  /** All of them, in the order of their declaration. */
  static List<Capability> of(Operations operations, Invocations invocations) {
    List<Capability> all = new ArrayList<>();
    for (Operation<?, ?> operation : operations.list()) {
      invocations
          .unary(operation)
          .ifPresent(invocation ->
              all.add(
                  new Capability(
                      invocation,
                      plain(Schemas.input(operation.input())),
                      plain(Schemas.output(operation.output())))));
    }
    return List.copyOf(all);
  }

  /** The schema without the name of its dialect, which is the protocol's own. */
  private static Map<String, Object> plain(Map<String, Object> schema) {
    Map<String, Object> plain = new LinkedHashMap<>(schema);
    plain.remove("$schema");
    return plain;
  }

  Operation<?, ?> operation() {
    return invocation.operation();
  }

  String name() {
    return operation().name();
  }

  /** The names of an operation's input fields. */
  static List<String> fields(Operation<?, ?> operation) {
    return Schemas.input(operation.input()).get("properties") instanceof Map<?, ?> properties
        ? properties.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }

  /** Whether its answer is an object, which is all that every revision takes for structured. */
  boolean answersObject() {
    return "object".equals(output.get("type"));
  }

  /** The tool of the full surface. */
  Map<String, Object> tool() {
    Operation<?, ?> operation = operation();
    Map<String, Object> tool = new LinkedHashMap<>();
    tool.put("name", operation.name());
    tool.put("title", operation.title());
    tool.put("description", operation.summary());
    tool.put("inputSchema", input);
    if (answersObject()) {
      tool.put("outputSchema", output);
    }
    Map<String, Object> annotations = annotations(operation.traits());
    if (!annotations.isEmpty()) {
      tool.put("annotations", annotations);
    }
    return tool;
  }

  /** The annotations that differ from what a client assumes without them. */
  static Map<String, Object> annotations(Set<Trait> traits) {
    Map<String, Object> annotations = new LinkedHashMap<>();
    if (traits.contains(Trait.READ_ONLY)) {
      annotations.put("readOnlyHint", true);
    } else {
      if (!traits.contains(Trait.DESTRUCTIVE)) {
        annotations.put("destructiveHint", false);
      }
      if (traits.contains(Trait.IDEMPOTENT)) {
        annotations.put("idempotentHint", true);
      }
    }
    if (!traits.contains(Trait.OPEN_WORLD)) {
      annotations.put("openWorldHint", false);
    }
    return annotations;
  }
}
