package dev.aidb.mcp;

import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Json;
import dev.aidb.operation.RecordBinder;
import dev.aidb.tokens.Tokens;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The search of the compact surface: little first, whole texts when asked for. */
final class SearchTool {
  private static final int LINE_MAX = 160;
  private static final int TOKENS = 2_000;

  private SearchTool() {}

  @Description("A search")
  record Wanted(
      @Description("What is looked for") @Nullable String query,
      @Description("Where") @Nullable String collection,
      @Description("How many results at most") @Default("5") int limit,
      @Description("Whether whole texts come along") @Default("false") boolean bodies,
      @Description("The answer has at most so many tokens") @Min(64) @Max(100_000)
          @Nullable Integer maxTokens) {}

  /** One search on its way: what was wanted decides how the answer is shown. */
  static final class Reading {
    private boolean bodies;
    private int tokens = TOKENS;

    /**
     * The operation's input.
     *
     * @throws dev.aidb.core.AidbException for what isn't an input of the tool
     */
    Map<String, Object> input(byte[] json) {
      Wanted wanted = RecordBinder.of(Wanted.class).bind(json);
      bodies = wanted.bodies();
      tokens = wanted.maxTokens() == null ? TOKENS : wanted.maxTokens();
      Map<String, Object> input = new LinkedHashMap<>();
      if (wanted.query() != null) {
        input.put("query", wanted.query());
      }
      if (wanted.collection() != null) {
        input.put("collection", wanted.collection());
      }
      input.put("limit", wanted.limit());
      input.put("include", List.of("content"));
      if (bodies) {
        input.put("max_tokens", tokens);
      }
      return input;
    }

    /** The text of the answer: JSON with what a model needs, the best results that fit. */
    String shown(JsonNode answer) {
      List<Map<String, Object>> results = new ArrayList<>();
      answer.path("results").forEach(result -> results.add(shownResult(result)));
      String text = text(answer, results);
      while (!results.isEmpty() && text.length() > tokens && Tokens.count(text) > tokens) {
        results.removeLast();
        text = text(answer, results);
      }
      return text;
    }

    private static String text(JsonNode answer, List<Map<String, Object>> results) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("results", results);
      shown.put("total", answer.path("total").asLong(0));
      if (answer.has("degraded")) {
        shown.put("degraded", answer.get("degraded"));
      }
      return Json.text(shown);
    }

    private Map<String, Object> shownResult(JsonNode result) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("id", result.path("document_id").asString(""));
      shown.put("title", line(result.path("title").asString("")));
      String content = result.path("content").asString("");
      shown.put(bodies ? "text" : "snippet", bodies ? content : line(content));
      shown.put("score", Math.round(result.path("score").asDouble(0) * 100) / 100.0);
      return shown;
    }

    /** A text's beginning on one line; a title may be as long as a text. */
    private static String line(String text) {
      // No more than a beginning is looked at, be the text as long as it may.
      String start = text.substring(0, Math.min(text.length(), 8 * LINE_MAX));
      String line = start.replaceAll("\\s+", " ").strip();
      if (line.length() <= LINE_MAX) {
        return line;
      }
      int space = line.lastIndexOf(' ', LINE_MAX);
      int end = space > LINE_MAX / 2 ? space : LINE_MAX;
      if (Character.isHighSurrogate(line.charAt(end - 1))) {
        end--;
      }
      return line.substring(0, end) + "…";
    }
  }
}
