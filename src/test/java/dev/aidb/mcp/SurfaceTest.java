package dev.aidb.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.aidb.guard.Admission;
import dev.aidb.operation.Json;
import dev.aidb.tokens.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What can be asked for at the two addresses. */
class SurfaceTest {
  private static McpServer server;
  private static Talk compact;
  private static Talk full;

  @BeforeAll
  static void start() {
    server = McpServer.over(Admission.unlimited(), Declared.all());
    compact = new Talk(server.at("/mcp"));
    full = new Talk(server.at("/mcp/full"));
  }

  @AfterAll
  static void stop() {
    compact.close();
    full.close();
    server.close();
  }

  @Test
  void theCompactListHasSixToolsInFiveHundredTokens() {
    String stateless = withLongId(compact.ask("tools/list", "{}").body());
    String before = withLongId(compact.askAs("2025-11-25", "tools/list", "{}").body());

    assertThat(names(Json.mapper().readTree(stateless).path("result")))
        .containsExactly("search", "learn", "feedback", "context", "discover", "call");
    assertThat(Tokens.count(stateless)).as(stateless).isLessThanOrEqualTo(500);
    assertThat(Tokens.count(before)).as(before).isLessThanOrEqualTo(500);
    assertThat(withLongId(compact.ask("tools/list", "{}").body())).isEqualTo(stateless);
  }

  /** As some clients number their requests. */
  private static String withLongId(String answer) {
    return answer.replace("\"id\":1,", "\"id\":\"" + Declared.ID + "\",");
  }

  @Test
  void aToolWhoseOperationDoesNotExistIsLeftOut() {
    try (McpServer less = McpServer.over(Admission.unlimited(), Declared.some());
        Talk talk = new Talk(less.at("/mcp"))) {
      assertThat(names(talk.ask("tools/list", "{}").result()))
          .containsExactly("search", "discover", "call");
      assertThat(talk.ask("prompts/list", "{}").result().path("prompts"))
          .extracting(prompt -> prompt.path("name").asString())
          .containsExactly("search_first");
      assertThat(talk.ask("server/discover", "{}").result().path("instructions").asString())
          .doesNotContain("learn");
    }
  }

  /** A tool that passes its arguments on may list no field that its operation doesn't take. */
  @Test
  void whatACompactToolListsItsOperationTakes() {
    Map<String, String> operations =
        Map.of("learn", "learn", "feedback", "give_feedback", "context", "get_context");
    JsonNode listed = full.ask("tools/list", "{}").result().path("tools");
    for (JsonNode tool : compact.ask("tools/list", "{}").result().path("tools")) {
      String operation = operations.get(tool.path("name").asString());
      if (operation != null) {
        JsonNode taken = named(listed, operation).path("inputSchema").path("properties");
        assertThat(taken.propertyNames())
            .containsAll(tool.path("inputSchema").path("properties").propertyNames());
      }
    }
  }

  @Test
  void everyToolHasATitleALineAndASchema() {
    for (Talk talk : List.of(compact, full)) {
      for (JsonNode tool : talk.ask("tools/list", "{}").result().path("tools")) {
        assertThat(tool.path("title").asString()).isNotBlank();
        assertThat(tool.path("description").asString()).isNotBlank().doesNotContain("\n");
        assertThat(tool.path("inputSchema").path("type").asString()).isEqualTo("object");
        assertThat(tool.path("name").asString()).matches("[a-z_]{1,64}");
      }
    }
  }

  @Test
  void annotationsSayWhatDiffersFromWhatIsAssumed() {
    JsonNode tools = full.ask("tools/list", "{}").result().path("tools");

    assertThat(named(tools, "search").path("annotations").toString())
        .isEqualTo("{\"readOnlyHint\":true,\"openWorldHint\":false}");
    assertThat(named(tools, "delete_document").path("annotations").toString())
        .isEqualTo("{\"idempotentHint\":true,\"openWorldHint\":false}");
    assertThat(named(tools, "learn").path("annotations").toString())
        .isEqualTo("{\"destructiveHint\":false,\"openWorldHint\":false}");
  }

  @Test
  void structuredContentIsAsItsSchemaSays() {
    JsonNode tools = full.ask("tools/list", "{}").result().path("tools");
    Talk.Answer answer = full.call("search", "{\"query\":\"a\",\"limit\":2}");

    String schema = named(tools, "search").path("outputSchema").toString();
    String content = answer.result().path("structuredContent").toString();
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema, InputFormat.JSON)
                .validate(content, InputFormat.JSON))
        .isEmpty();
    assertThat(Json.mapper().readTree(answer.text()))
        .isEqualTo(answer.result().path("structuredContent"));
  }

  @Test
  void aSearchShowsLittleFirst() {
    Talk.Answer answer = compact.call("search", "{\"query\":\"backups\"}");

    JsonNode shown = Json.mapper().readTree(answer.text());
    assertThat(shown.path("results").size()).isEqualTo(5);
    assertThat(shown.path("total").asLong()).isEqualTo(123);
    JsonNode first = shown.path("results").path(0);
    assertThat(first.propertyNames()).containsExactly("id", "title", "snippet", "score");
    assertThat(first.path("snippet").asString())
        .startsWith("# A heading words of")
        .endsWith("…")
        .doesNotContain("\n")
        .hasSizeLessThanOrEqualTo(161);
    assertThat(answer.result().has("structuredContent")).isFalse();
  }

  @Test
  void aTitleAsLongAsATextIsCut() {
    String longTitle = compact.call("search", "{\"query\":\"" + "a b ".repeat(24) + "\"}").text();

    assertThat(Json.mapper().readTree(longTitle).path("results").path(0).path("title").asString())
        .hasSizeLessThanOrEqualTo(161);
  }

  @Test
  void bodiesComeWhenTheyAreAskedFor() {
    String bodies = compact.call("search", "{\"query\":\"a\",\"bodies\":true}").text();

    assertThat(Json.mapper().readTree(bodies).path("results").path(0).has("text")).isTrue();
    assertThat(Tokens.count(bodies)).isLessThanOrEqualTo(2_000);
  }

  @Test
  void noAnswerIsLongerThanItMayBe() {
    for (int most : new int[] {64, 100, 1_000}) {
      String search =
          compact
              .call("search", "{\"query\":\"a\",\"limit\":100,\"max_tokens\":" + most + "}")
              .text();
      String call =
          compact
              .call(
                  "call",
                  "{\"operation\":\"get_document\",\"input\":{\"id\":\"%s\"},\"max_tokens\":%d}"
                      .formatted(Declared.ID, most))
              .text();
      assertThat(Tokens.count(search)).isLessThanOrEqualTo(most);
      assertThat(Tokens.count(call)).isLessThanOrEqualTo(most);
      assertThat(call).contains("cut at " + most + " tokens");
    }
    assertThat(compact.call("search", "{\"query\":\"a\",\"max_tokens\":1}").text())
        .contains("max_tokens");
  }

  @Test
  void aTextIsCutBetweenCharacters() {
    for (int tokens = 40; tokens < 80; tokens++) {
      String cut = CompactTools.within("🦉".repeat(500), tokens);
      assertThat(Tokens.count(cut)).isLessThanOrEqualTo(tokens);
      assertThat(cut.codePoints().filter(point -> point >= 0xd800 && point <= 0xdfff)).isEmpty();
    }
  }

  @Test
  void everyCompactToolAnswers() {
    Map<String, String> arguments =
        Map.of(
            "search", "{\"query\":\"a\"}",
            "learn", "{\"query\":\"a\",\"solution\":\"b\"}",
            "feedback", "{\"id\":\"" + Declared.ID + "\",\"outcome\":\"success\"}",
            "context", "{\"query\":\"a\",\"max_tokens\":100}",
            "discover", "{}",
            "call", "{\"operation\":\"search\",\"input\":{\"query\":\"a\"}}");
    for (String tool : names(compact.ask("tools/list", "{}").result())) {
      Talk.Answer answer = compact.call(tool, arguments.getOrDefault(tool, "none"));
      assertThat(answer.result().has("isError")).as(answer.body()).isFalse();
      assertThat(answer.text()).isNotBlank();
    }
  }

  @Test
  void discoveryFindsByWordsByNameAndInDetail() {
    assertThat(compact.call("discover", "{}").text())
        .isEqualTo(
            "Tests: search, get_document, delete_document, fail, be_busy, costly, learn,"
                + " give_feedback, get_context");
    assertThat(compact.call("discover", "{\"words\":\"remove documents\"}").text().lines())
        .containsExactlyInAnyOrder(
            "get_document: Does get_document for the tests.",
            "delete_document: Does delete_document for the tests.");
    assertThat(compact.call("discover", "{\"words\":\"get_document\"}").text())
        .contains("input: {\"type\":\"object\"", "\"id\"");
    assertThat(compact.call("discover", "{\"words\":\"zebra\"}").text()).startsWith("Nothing fits");
    assertThat(compact.call("discover", "{\"detail\":\"schemas\",\"words\":\"learn\"}").text())
        .contains("solution");
    assertThat(
            compact.call("discover", "{\"detail\":\"loud\"}").result().path("isError").asBoolean())
        .isTrue();
  }

  @Test
  void aLongListComesInPages() {
    List<String> names = Stream.iterate(1, n -> n + 1).limit(120).map(n -> "tool_" + n).toList();
    List<String> seen = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Map<String, Object> page = Page.of("tools", names, cursor, n -> n, n -> Map.of("name", n));
      JsonNode shown = Json.mapper().valueToTree(page);
      shown.path("tools").forEach(each -> seen.add(each.path("name").asString()));
      cursor = shown.path("nextCursor").stringValueOpt();
    } while (cursor.isPresent());
    assertThat(seen).isEqualTo(names);
  }

  @Test
  void promptsAreFilledInOnce() {
    Talk.Answer answer =
        compact.ask(
            "prompts/get",
            "{\"name\":\"learn_after_solving\",\"arguments\":{\"problem\":\"a {solution} b\",\"solution\":\"c\"}}",
            "learn_after_solving");

    String text = answer.result().path("messages").path(0).path("content").path("text").asString();
    assertThat(text).contains("The problem:\na {solution} b", "The solution:\nc", "`learn`");
    assertThat(
            compact
                .ask("prompts/get", "{\"name\":\"search_first\"}", "search_first")
                .error()
                .path("message")
                .asString())
        .contains("task is required");
  }

  private static List<String> names(JsonNode result) {
    List<String> names = new ArrayList<>();
    result.path("tools").forEach(tool -> names.add(tool.path("name").asString()));
    return names;
  }

  private static JsonNode named(JsonNode tools, String name) {
    for (JsonNode tool : tools) {
      if (tool.path("name").asString().equals(name)) {
        return tool;
      }
    }
    throw new AssertionError("No tool " + name);
  }
}
