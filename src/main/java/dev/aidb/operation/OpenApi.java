package dev.aidb.operation;

import dev.aidb.core.ErrorCode;
import dev.aidb.operation.RecordShape.Component;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The OpenAPI 3.1 document of the declared operations. Deterministic: the same declarations give
 * the same text, so that a difference between two documents is a difference between two contracts.
 */
public final class OpenApi {

  /**
   * What the document says of itself.
   *
   * @param title the API's name
   * @param version the program's version
   * @param description what the API is for, in Markdown
   * @param server the address that clients use
   * @param contact whom to ask, a name
   */
  public record About(
      String title, String version, String description, String server, String contact) {}

  /**
   * A route that is no operation, such as {@code /metrics}.
   *
   * @param path the route
   * @param name its operationId
   * @param category the tag
   * @param summary one line
   * @param mediaType what it answers
   * @param scope what a caller needs
   * @param statuses those it answers in that media type
   */
  public record PlainPath(
      String path,
      String name,
      String category,
      String summary,
      String mediaType,
      Scope scope,
      List<Integer> statuses) {
    /** A route that answers 200, or a problem. */
    public PlainPath(
        String path, String name, String category, String summary, String mediaType, Scope scope) {
      this(path, name, category, summary, mediaType, scope, List.of(200));
    }

    public PlainPath {
      statuses = List.copyOf(statuses);
    }
  }

  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";

  /** Problems that any operation may answer. */
  private static final List<Integer> USUAL = List.of(400, 422, 429, 500, 503, 504);

  private final Map<Key, String> names = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<Key> todo = new ArrayList<>();
  private final Map<String, Object> schemas = new TreeMap<>();
  private final Set<Integer> problems = new TreeSet<>();

  /** A record's schema differs with the way it travels. */
  private record Key(Class<?> type, Schemas.Direction direction) {}

  private OpenApi() {}

  /** The document as a tree that {@link Json} writes. */
  public static Map<String, Object> document(
      Operations operations, About about, List<PlainPath> plainPaths) {
    return new OpenApi().build(operations, about, plainPaths);
  }

  private Map<String, Object> build(
      Operations operations, About about, List<PlainPath> plainPaths) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put("info", info(about));
    document.put("servers", List.of(Map.of("url", about.server())));
    document.put("tags", tags(operations, plainPaths));
    document.put("paths", paths(operations, plainPaths));
    Map<String, Object> components = new LinkedHashMap<>();
    Map<String, Object> responses = problemResponses();
    writeSchemas();
    components.put("schemas", schemas);
    components.put("responses", responses);
    components.put("headers", Map.of("RequestId", requestIdHeader()));
    components.put("securitySchemes", securitySchemes());
    document.put("components", components);
    return document;
  }

  private static Map<String, Object> info(About about) {
    return ordered(
        "title", about.title(),
        "version", about.version(),
        "description", about.description(),
        "contact", ordered("name", about.contact()));
  }

  private static List<Object> tags(Operations operations, List<PlainPath> plainPaths) {
    Set<String> categories = new LinkedHashSet<>();
    operations.list().forEach(operation -> categories.add(operation.category()));
    plainPaths.forEach(path -> categories.add(path.category()));
    return categories.stream().<Object>map(category -> Map.of("name", category)).toList();
  }

  private Map<String, Object> paths(Operations operations, List<PlainPath> plainPaths) {
    Map<String, Map<String, Object>> paths = new TreeMap<>();
    for (Operation<?, ?> operation : operations.list()) {
      paths
          .computeIfAbsent(operation.path(), path -> new TreeMap<>())
          .put(method(operation.method()), describe(operation));
    }
    for (PlainPath plain : plainPaths) {
      paths.computeIfAbsent(plain.path(), path -> new TreeMap<>()).put("get", describe(plain));
    }
    return new LinkedHashMap<>(paths);
  }

  private static String method(Operation.Method method) {
    return method.name().toLowerCase(Locale.ROOT);
  }

  private Map<String, Object> describe(Operation<?, ?> operation) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("operationId", operation.name());
    entry.put("tags", List.of(operation.category()));
    entry.put("summary", operation.title());
    entry.put("description", operation.summary());
    List<Object> parameters = parameters(operation);
    if (!parameters.isEmpty()) {
      entry.put("parameters", parameters);
    }
    requestBody(operation).ifPresent(body -> entry.put("requestBody", body));
    entry.put("responses", responses(operation));
    entry.put("security", security(operation.scope()));
    return entry;
  }

  private Map<String, Object> describe(PlainPath plain) {
    Map<String, Object> responses = new TreeMap<>();
    Map<String, Object> content =
        Map.of(plain.mediaType(), Map.of("schema", Map.of("type", "string")));
    plain
        .statuses()
        .forEach(status ->
            responses.put(
                Integer.toString(status),
                response(status < 400 ? "Done." : "It isn't so.", content)));
    if (plain.scope() != Scope.PUBLIC) {
      for (int status : List.of(400, 401, 403, 503)) {
        responses.put(Integer.toString(status), problem(status));
      }
    }
    return ordered(
        "operationId", plain.name(),
        "tags", List.of(plain.category()),
        "summary", plain.summary(),
        "description", plain.summary(),
        "responses", responses,
        "security", security(plain.scope()));
  }

  private List<Object> parameters(Operation<?, ?> operation) {
    List<String> variables = Route.variables(operation.path());
    List<Object> parameters = new ArrayList<>();
    for (Component component : RecordShape.of(operation.input()).components()) {
      boolean inPath = variables.contains(component.name());
      if (inPath || !Route.hasBody(operation)) {
        parameters.add(parameter(component, inPath));
      }
    }
    return parameters;
  }

  private Object parameter(Component component, boolean inPath) {
    Map<String, Object> schema =
        new LinkedHashMap<>(schemas(Schemas.Direction.INPUT).component(component));
    Object description = schema.remove("description");
    Map<String, Object> parameter = new LinkedHashMap<>();
    parameter.put("name", component.name());
    parameter.put("in", inPath ? "path" : "query");
    parameter.put("description", description == null ? "" : description);
    parameter.put("required", inPath || component.required());
    if (component.typed().shape() instanceof Shape.Items) {
      parameter.put("style", "form");
      parameter.put("explode", false); // a,b,c; repeating the parameter works too
    }
    parameter.put("schema", schema);
    return parameter;
  }

  private Optional<Object> requestBody(Operation<?, ?> operation) {
    Set<String> variables = Set.copyOf(Route.variables(operation.path()));
    boolean empty =
        RecordShape.of(operation.input()).components().stream()
            .allMatch(component -> variables.contains(component.name()));
    if (!Route.hasBody(operation) || empty) {
      return Optional.empty();
    }
    String schema;
    if (variables.isEmpty()) {
      schema = reference(operation.input(), Schemas.Direction.INPUT);
    } else {
      // The record less what the path says has no class to name it.
      String name = free(pascal(operation.name()) + "Body");
      schemas.put(name, schemas(Schemas.Direction.INPUT).record(operation.input(), variables));
      schema = "#/components/schemas/" + name;
    }
    Map<String, Object> body = new LinkedHashMap<>(Map.of("schema", Map.of("$ref", schema)));
    example(operation, variables).ifPresent(example -> body.put("example", example));
    return Optional.of(
        ordered("required", true, "content", Map.of(operation.streams() ? NDJSON : JSON, body)));
  }

  /**
   * The smallest body that shows the operation: the fields that have an example, provided they
   * include all that are required. Without it a page to try requests would fill in every field.
   */
  private Optional<Object> example(Operation<?, ?> operation, Set<String> variables) {
    Map<String, Object> example = new LinkedHashMap<>();
    for (Component component : RecordShape.of(operation.input()).components()) {
      if (variables.contains(component.name())) {
        continue;
      }
      Object examples = schemas(Schemas.Direction.INPUT).component(component).get("examples");
      if (examples instanceof List<?> list) {
        example.put(component.name(), list.getFirst());
      } else if (component.required()) {
        return Optional.empty();
      }
    }
    return example.isEmpty() ? Optional.empty() : Optional.of(example);
  }

  private static Map<String, Object> content(boolean stream, Map<String, Object> schema) {
    return Map.of(stream ? NDJSON : JSON, Map.of("schema", schema));
  }

  private Map<String, Object> responses(Operation<?, ?> operation) {
    Map<String, Object> responses = new TreeMap<>();
    Map<String, Object> body =
        schemas(Schemas.Direction.OUTPUT).of(Schemas.typed(operation.output()));
    for (int status : operation.statuses()) {
      responses.put(
          String.valueOf(status), response(phrase(status), content(operation.streams(), body)));
    }
    for (int status : problemsOf(operation)) {
      responses.putIfAbsent(String.valueOf(status), problem(status));
    }
    return responses;
  }

  private static Map<String, Object> response(String description, Map<String, Object> content) {
    return ordered(
        "description",
        description,
        "headers",
        Map.of("X-Request-ID", Map.of("$ref", "#/components/headers/RequestId")),
        "content",
        content);
  }

  private static Set<Integer> problemsOf(Operation<?, ?> operation) {
    Set<Integer> problems = new TreeSet<>(USUAL);
    if (operation.scope() != Scope.PUBLIC) {
      problems.add(401);
      problems.add(403);
    }
    if (!Route.variables(operation.path()).isEmpty() || namesById(operation)) {
      problems.add(404);
    }
    if (Route.hasBody(operation)) {
      problems.add(408);
      problems.add(413);
      problems.add(415);
    }
    if (operation.scope() == Scope.WRITE || operation.scope() == Scope.ADMIN) {
      problems.add(404); // the body may name what isn't there
      problems.add(409);
      problems.add(507);
    }
    return problems;
  }

  private static boolean namesById(Operation<?, ?> operation) {
    return RecordShape.of(operation.input()).components().stream()
        .anyMatch(component -> component.typed().shape() instanceof Shape.Id);
  }

  private static String phrase(int status) {
    return switch (status) {
      case 200 -> "Done.";
      case 201 -> "Made.";
      case 202 -> "Taken on; it is not done yet.";
      case 503 -> "Not able to serve.";
      default -> "Answered with status " + status + ".";
    };
  }

  private Map<String, Object> problem(int status) {
    problems.add(status);
    return Map.of("$ref", "#/components/responses/Problem" + status);
  }

  private Map<String, Object> problemResponses() {
    Map<String, Object> responses = new LinkedHashMap<>();
    for (int status : problems) {
      Map<String, Object> schema =
          Map.of("$ref", reference(Problem.class, Schemas.Direction.OUTPUT));
      responses.put(
          "Problem" + status,
          response(titles(status), Map.of(Problem.MEDIA_TYPE, Map.of("schema", schema))));
    }
    return responses;
  }

  private static String titles(int status) {
    List<String> titles = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      if (code.httpStatus() == status) {
        titles.add("`" + code.wireName() + "`: " + code.title());
      }
    }
    return String.join(". ", titles) + ".";
  }

  private static Map<String, Object> requestIdHeader() {
    return ordered(
        "description",
        "The id of the request: echoed when one was sent, else made.",
        "schema",
        Map.of("type", "string"));
  }

  private static Map<String, Object> securitySchemes() {
    Map<String, Object> schemes = new LinkedHashMap<>();
    schemes.put("bearer", ordered("type", "http", "scheme", "bearer"));
    schemes.put("api_key", ordered("type", "apiKey", "in", "header", "name", "X-API-Key"));
    return schemes;
  }

  /**
   * Either key will do, with the scope as its role; the empty requirement stands for a server in
   * local mode.
   */
  private static List<Object> security(Scope scope) {
    if (scope == Scope.PUBLIC) {
      return List.of(Map.of());
    }
    List<String> roles = List.of(scope.name().toLowerCase(Locale.ROOT));
    return List.of(Map.of(), Map.of("bearer", roles), Map.of("api_key", roles));
  }

  private void writeSchemas() {
    for (int i = 0; i < todo.size(); i++) { // grows while it is walked
      Key key = todo.get(i);
      String name = Optional.ofNullable(names.get(key)).orElseThrow();
      schemas.put(name, schemas(key.direction()).record(key.type(), Set.of()));
    }
  }

  private Schemas schemas(Schemas.Direction direction) {
    return new Schemas(direction, this::reference);
  }

  private String reference(Class<?> type, Schemas.Direction direction) {
    Key key = new Key(type, direction);
    String name = names.get(key);
    if (name == null) {
      name = free(name(key));
      names.put(key, name);
      todo.add(key);
    }
    return "#/components/schemas/" + name;
  }

  /**
   * A class that goes both ways has two schemas; {@code Input} in {@code Search} is SearchInput.
   */
  private String name(Key key) {
    String other = names.get(new Key(key.type(), Schemas.Direction.INPUT));
    if (other != null) {
      return other + "Output";
    }
    String simple = key.type().getSimpleName();
    Class<?> outer = key.type().getEnclosingClass();
    boolean generic = Set.of("Input", "Output", "Request", "Answer", "Result").contains(simple);
    return outer != null && (generic || taken.contains(simple))
        ? outer.getSimpleName() + simple
        : simple;
  }

  private String free(String name) {
    String candidate = name;
    for (int i = 2; !taken.add(candidate); i++) {
      candidate = name + i;
    }
    return candidate;
  }

  private static String pascal(String snake) {
    StringBuilder name = new StringBuilder();
    for (String word : snake.split("_", -1)) {
      name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return name.toString();
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
