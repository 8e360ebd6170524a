package dev.aidb.cli;

import dev.aidb.core.StartFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An operation as the server's own OpenAPI document describes it.
 *
 * @param document the whole document, for references into it
 * @param method the HTTP method in capitals
 * @param path the route's template
 * @param declaration the operation's object in the document
 */
record ServerOperation(JsonNode document, String method, String path, JsonNode declaration) {
  private static final int REFERENCES_MAX = 16;

  /** Finds the operation; a {@link StartFailure} names those that exist. */
  static ServerOperation find(ApiClient api, String name) {
    JsonNode document = api.get("/openapi.json");
    TreeSet<String> known = new TreeSet<>();
    for (Map.Entry<String, JsonNode> route : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> entry : route.getValue().properties()) {
        String id = entry.getValue().path("operationId").asString("");
        if (id.equals(name)) {
          String method = entry.getKey().toUpperCase(java.util.Locale.ROOT);
          return new ServerOperation(document, method, route.getKey(), entry.getValue());
        }
        if (!id.isEmpty()) {
          known.add(id);
        }
      }
    }
    throw new StartFailure(
        "The server has no operation named " + Terminal.harmless(name),
        "It has: " + String.join(", ", known));
  }

  /**
   * Calls it.
   *
   * @param values the named arguments as text
   * @param body the whole body as text, instead of named values for it
   * @return the body of the answer
   */
  String call(ApiClient api, Map<String, String> values, Optional<String> body) {
    String address = path;
    List<String> query = new ArrayList<>();
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    for (Map.Entry<String, String> value : values.entrySet()) {
      String name = value.getKey();
      String encoded =
          URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8).replace("+", "%20");
      if (address.contains("{" + name + "}")) {
        address = address.replace("{" + name + "}", encoded);
      } else if (declaration.path("requestBody").isMissingNode()) {
        query.add(URLEncoder.encode(name, StandardCharsets.UTF_8) + "=" + encoded);
      } else {
        fields.set(name, coerce(name, value.getValue()));
      }
    }
    if (address.contains("{")) {
      throw new StartFailure(
          "A value is missing: " + address.replaceAll(".*\\{([^}]*)}.*", "$1"), "");
    }
    boolean hasBody = !declaration.path("requestBody").isMissingNode();
    Optional<String> content =
        body.or(() -> hasBody ? Optional.of(fields.toString()) : Optional.empty());
    String target = query.isEmpty() ? address : address + "?" + String.join("&", query);
    return api.send(method, target, content, contentType());
  }

  private String contentType() {
    return declaration.path("requestBody").path("content").properties().stream()
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("application/json");
  }

  /** Turns text into what the schema of the field asks for; the server judges the rest. */
  private JsonNode coerce(String name, String text) {
    JsonNode schema = resolve(resolve(bodySchema()).path("properties").path(name));
    TreeSet<String> types = types(schema);
    JsonMapper json = JsonMapper.shared();
    if (types.contains("string") || types.isEmpty()) {
      return json.getNodeFactory().stringNode(text);
    }
    try {
      return json.readTree(text);
    } catch (JacksonException e) {
      String wanted = types.stream().collect(Collectors.joining(" or "));
      throw new StartFailure(name + " must be written as JSON: " + wanted, "", e);
    }
  }

  private JsonNode bodySchema() {
    return declaration.path("requestBody").path("content").path(contentType()).path("schema");
  }

  private TreeSet<String> types(JsonNode schema) {
    TreeSet<String> types = new TreeSet<>();
    JsonNode type = schema.path("type");
    if (type.isString()) {
      types.add(type.asString());
    }
    type.forEach(one -> types.add(one.asString("")));
    for (String choice : List.of("anyOf", "oneOf", "allOf")) {
      schema.path(choice).forEach(one -> types.addAll(types(resolve(one))));
    }
    if (schema.has("enum") && types.isEmpty()) {
      types.add("string");
    }
    return types;
  }

  private JsonNode resolve(JsonNode schema) {
    JsonNode resolved = schema;
    for (int i = 0; i < REFERENCES_MAX && resolved.path("$ref").isString(); i++) {
      String reference = resolved.path("$ref").asString();
      resolved = reference.startsWith("#/") ? document.at(reference.substring(1)) : resolved;
    }
    return resolved;
  }
}
