package dev.aidb.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code aidb search}: asks a question and prints the best records. */
@Command(
    name = "search",
    description = "Search the knowledge for what fits a question.",
    footer = {
      "",
      "Examples:",
      "  aidb search \"how do I rotate a key\"",
      "  aidb search nginx reload --project handbook --limit 3",
      "  aidb search \"segmentation fault\" --mode keyword --json"
    })
final class SearchCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(arity = "1..*", paramLabel = "QUERY", description = "The question, in any words.")
  private List<String> query = List.of();

  @Option(names = "--collection", paramLabel = "NAME", description = "The collection to search.")
  private @Nullable String collection;

  @Option(names = "--project", paramLabel = "NAME", description = "Only records of this project.")
  private @Nullable String project;

  @Option(names = "--mode", paramLabel = "MODE", description = "hybrid, vector or keyword.")
  private @Nullable String mode;

  @Option(names = "--limit", paramLabel = "N", description = "How many results, 1 to 100.")
  private @Nullable Integer limit;

  @Option(names = "--offset", paramLabel = "N", description = "How many results to pass over.")
  private @Nullable Integer offset;

  @Option(names = "--min-score", paramLabel = "X", description = "The least score, 0 to 1.")
  private @Nullable Double minScore;

  @Option(names = "--json", description = "Print the server's answer as it is.")
  private boolean json;

  SearchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    JsonNode answer = server.connect(terminal).post("/vector/search", request());
    if (json) {
      terminal.out().println(answer);
    } else {
      print(answer);
    }
    return 0;
  }

  private ObjectNode request() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    request.put("query", String.join(" ", query));
    // What isn't asked for is left out, so that the server's defaults stay in one place.
    if (collection != null) {
      request.put("collection", collection);
    }
    if (project != null) {
      request.put("project", project);
    }
    if (mode != null) {
      request.put("mode", mode);
    }
    if (limit != null) {
      request.put("limit", limit);
    }
    if (offset != null) {
      request.put("offset", offset);
    }
    if (minScore != null) {
      request.put("min_score", minScore);
    }
    return request;
  }

  private void print(JsonNode answer) {
    int width = terminal.width();
    int rank = answer.path("offset").asInt(0);
    for (JsonNode result : answer.path("results")) {
      rank++;
      printResult(rank, result, width);
    }
    summarise(answer);
  }

  private void printResult(int rank, JsonNode result, int width) {
    PrintWriter out = terminal.out();
    String title = Terminal.harmless(result.path("title").asString(""));
    String head =
        String.format(
            Locale.ROOT,
            "%3d. %.3f  %s",
            rank,
            result.path("score").asDouble(0),
            title.isEmpty() ? "(untitled)" : title);
    out.println(cut(head, width));
    out.println(cut("     " + place(result), width));
    String snippet = Terminal.harmless(result.path("content").asString(""));
    if (!snippet.isEmpty()) {
      out.println(cut("     " + snippet, width));
    }
  }

  private static String place(JsonNode result) {
    String path = result.path("path").asString(result.path("metadata").path("path").asString(""));
    String name = path.isEmpty() ? result.path("document_id").asString("") : path;
    JsonNode chunk = result.path("chunk");
    String part = chunk.isValueNode() ? " #" + chunk.asString("") : "";
    return Terminal.harmless(result.path("project").asString("") + "/" + name + part);
  }

  private void summarise(JsonNode answer) {
    PrintWriter err = terminal.err();
    int shown = answer.path("results").size();
    if (shown == 0) {
      err.println("No results.");
    } else {
      err.printf(
          Locale.ROOT,
          "%d of %d results in %.1f ms (%s)%n",
          shown,
          answer.path("total").asLong(shown),
          answer.path("query_time_ms").asDouble(0),
          Terminal.harmless(answer.path("mode").asString("")));
    }
    for (JsonNode missing : answer.path("degraded")) {
      err.println("Degraded: " + Terminal.harmless(missing.asString("")) + " is down.");
    }
  }

  /** At most that many characters, the last an ellipsis where something was left out. */
  static String cut(String text, int width) {
    int characters = text.codePointCount(0, text.length());
    return characters <= width
        ? text
        : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
  }
}
