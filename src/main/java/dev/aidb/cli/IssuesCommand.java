package dev.aidb.cli;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code aidb issues}: records errors, and tells what became of them. */
@Command(
    name = "issues",
    description = "Record errors, list, show and resolve issues, or analyse them.",
    footer = {
      "",
      "Examples:",
      "  aidb issues record --component billing --type IOError --message \"disk 7 is full\"",
      "  aidb issues list --status open --severity critical",
      "  aidb issues resolve 0199f3a2-... --resolution \"made the volume larger\"",
      "  aidb issues analyze --days 7"
    })
final class IssuesCommand implements Runnable {
  private static final int SHOWN_MAX = 100;

  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  IssuesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** How bad an issue is. */
  enum Severity {
    CRITICAL,
    HIGH,
    MEDIUM,
    LOW,
    INFO
  }

  /** What an issue is about. */
  enum Category {
    DATABASE,
    NETWORK,
    AUTHENTICATION,
    CONFIGURATION,
    PERFORMANCE,
    RESOURCE,
    VALIDATION,
    INTEGRATION,
    DEPLOYMENT,
    UNKNOWN
  }

  /** Where an issue is in its life. */
  enum Status {
    OPEN,
    INVESTIGATING,
    IN_PROGRESS,
    RESOLVED,
    WONT_FIX,
    DUPLICATE
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do: record, list, show, resolve or analyze");
  }

  @Command(name = "record", description = "Record an error.")
  int record(
      @Mixin ServerOptions server,
      @Option(names = "--component", required = true, description = "Where it happened.")
          String component,
      @Option(names = "--type", required = true, description = "What kind of error it is.")
          String type,
      @Option(names = "--message", required = true, description = "What it said.") String message,
      @Option(names = "--severity", description = "${COMPLETION-CANDIDATES}; else guessed.")
          @Nullable Severity severity,
      @Option(names = "--category", description = "${COMPLETION-CANDIDATES}; else guessed.")
          @Nullable Category category,
      @Option(names = "--stack-file", description = "The file that holds its stack trace.")
          @Nullable Path stack,
      @Option(names = "--context", paramLabel = "JSON", description = "Further facts: an object.")
          @Nullable String context,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("component", component).put("error_type", type).put("message", message);
    put(body, "severity", severity);
    put(body, "category", category);
    if (stack != null) {
      body.put("stack", text(stack));
    }
    if (context != null) {
      body.set("context", object(context));
    }
    JsonNode issue = server.connect(terminal).post("/issues", body);
    if (json) {
      terminal.out().println(issue);
    } else {
      terminal.out().println(field(issue, "id"));
      terminal
          .err()
          .println("Recorded; it has happened " + field(issue, "occurrences") + " times.");
    }
    return 0;
  }

  @Command(name = "list", description = "List issues, the latest first.")
  int list(
      @Mixin ServerOptions server,
      @Option(names = "--status", description = "Only: ${COMPLETION-CANDIDATES}.")
          @Nullable Status status,
      @Option(names = "--severity", description = "Only: ${COMPLETION-CANDIDATES}.")
          @Nullable Severity severity,
      @Option(names = "--category", description = "Only: ${COMPLETION-CANDIDATES}.")
          @Nullable Category category,
      @Option(names = "--component", description = "Only of this component.")
          @Nullable String component,
      @Option(names = "--limit", defaultValue = "50", description = "1 to 100 (default: 50).")
          int limit,
      @Option(names = "--cursor", description = "The next_cursor of the page before.")
          @Nullable String cursor,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    Map<String, String> query = new TreeMap<>();
    query.put("limit", Integer.toString(limit));
    put(query, "status", wireName(status));
    put(query, "severity", wireName(severity));
    put(query, "category", wireName(category));
    put(query, "component", component);
    put(query, "cursor", cursor);
    JsonNode answer = server.connect(terminal).get("/issues?" + encoded(query));
    if (json) {
      terminal.out().println(answer);
      return 0;
    }
    for (JsonNode issue : answer.path("issues")) {
      terminal
          .out()
          .println(
              String.join(
                  "\t",
                  field(issue, "id"),
                  field(issue, "status"),
                  field(issue, "severity"),
                  field(issue, "occurrences"),
                  field(issue, "component"),
                  field(issue, "error_type"),
                  shown(issue, "message")));
    }
    if (answer.has("next_cursor")) {
      terminal.err().println("There are more: --cursor " + field(answer, "next_cursor"));
    }
    return 0;
  }

  @Command(name = "show", description = "Show an issue.")
  int show(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "The issue.") String id,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    JsonNode issue = server.connect(terminal).get("/issues/" + encoded(id));
    if (json) {
      terminal.out().println(issue);
      return 0;
    }
    for (Map.Entry<String, JsonNode> entry : issue.properties()) {
      if (!entry.getKey().equals("stack")) {
        terminal
            .out()
            .println(entry.getKey().replace('_', ' ') + ": " + field(issue, entry.getKey()));
      }
    }
    issue
        .path("stack")
        .asString("")
        .lines()
        .map(Terminal::harmless)
        .forEach(terminal.out()::println);
    return 0;
  }

  @Command(name = "resolve", description = "Say what became of an issue.")
  int resolve(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "The issue.") String id,
      @Option(names = "--resolution", description = "What solved it.") @Nullable String resolution,
      @Option(
              names = "--status",
              defaultValue = "RESOLVED",
              description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          Status status,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    put(body, "status", status);
    if (resolution != null) {
      body.put("resolution", resolution);
    }
    JsonNode issue = server.connect(terminal).patch("/issues/" + encoded(id), body);
    if (json) {
      terminal.out().println(issue);
    } else {
      terminal.err().println("The issue is " + field(issue, "status").replace('_', ' ') + ".");
    }
    return 0;
  }

  @Command(name = "analyze", description = "Look for patterns, and for what helped before.")
  int analyze(
      @Mixin ServerOptions server,
      @Option(names = "--days", defaultValue = "7", description = "1 to 90 (default: 7).") int days,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    JsonNode analysis = server.connect(terminal).get("/issues/analysis?days=" + days);
    if (json) {
      terminal.out().println(analysis);
      return 0;
    }
    terminal
        .out()
        .println(
            "%s issues, %s occurrences in %s days, %s"
                .formatted(
                    field(analysis, "issues"),
                    field(analysis, "occurrences"),
                    field(analysis, "days"),
                    field(analysis.path("trend"), "direction")));
    rows(analysis, "patterns", "occurrences", "component", "error_type", "template");
    rows(analysis, "components", "occurrences", "issues", "component");
    rows(analysis, "bursts", "hour", "occurrences", "id");
    rows(analysis, "correlations", "together", "first", "second");
    rows(analysis, "suggestions", "text", "resolution");
    return 0;
  }

  private void rows(JsonNode analysis, String name, String... fields) {
    if (analysis.path(name).isEmpty()) {
      return;
    }
    terminal.out().println();
    terminal.out().println(name + ":");
    for (JsonNode row : analysis.path(name)) {
      StringBuilder line = new StringBuilder();
      for (String field : fields) {
        line.append('\t').append(shown(row, field));
      }
      terminal.out().println(line.toString().stripTrailing());
    }
  }

  private static String field(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return Terminal.harmless(
        value.isString() ? value.asString() : value.isMissingNode() ? "" : value.toString());
  }

  private static String shown(JsonNode node, String name) {
    String text = field(node, name);
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }

  private static @Nullable String wireName(@Nullable Enum<?> value) {
    return value == null ? null : value.name().toLowerCase(Locale.ROOT);
  }

  private static void put(ObjectNode body, String name, @Nullable Enum<?> value) {
    if (value != null) {
      body.put(name, value.name().toLowerCase(Locale.ROOT));
    }
  }

  private static void put(Map<String, String> query, String name, @Nullable String value) {
    if (value != null) {
      query.put(name, value);
    }
  }

  private static String encoded(Map<String, String> query) {
    return query.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new StartFailure("The file " + file + " can't be read as text", "", e);
    }
  }

  private static JsonNode object(String json) {
    try {
      JsonNode value = JsonMapper.shared().readTree(json);
      if (value.isObject()) {
        return value;
      }
    } catch (JacksonException e) {
      // falls through: the answer is the same
    }
    throw new StartFailure("--context must be a JSON object", "");
  }
}
