package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.keys.KeyScope;
import dev.aidb.keys.KeysForTests;
import dev.aidb.mcp.Talk;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import dev.aidb.tokens.Tokens;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The protocol on a running server that needs keys. */
class McpTest {
  private static RunningServer server;
  private static Database database;
  private static String read;
  private static String write;
  private static String limited;

  @BeforeAll
  static void start() {
    server = RunningServer.start(config -> config.with("auth.required", true));
    database = server.database();
    KeysForTests keys = KeysForTests.of(database, server.data().resolve("secrets"));
    read = keys.create("mcp-read", KeyScope.READ);
    write = keys.create("mcp-write", KeyScope.WRITE);
    limited = keys.create("mcp-limited", KeyScope.READ, "solved_issues");
    Eventually.within(
        Duration.ofSeconds(5),
        "the server knows the keys",
        () -> talk("/mcp", limited).ask("tools/list", "{}").status() == 200);
  }

  @AfterAll
  static void stop() {
    database.close();
    server.close();
  }

  private static Talk talk(String path, String key) {
    return new Talk(URI.create("http://127.0.0.1:" + server.port() + path))
        .with("Authorization", "Bearer " + key);
  }

  @Test
  void withoutAKeyThereIsAHint() {
    Talk.Answer answer =
        new Talk(URI.create("http://127.0.0.1:" + server.port() + "/mcp")).ask("tools/list", "{}");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(answer.error().path("message").asString())
        .isEqualTo("An API key is needed; send it as Authorization: Bearer or X-API-Key");
  }

  @Test
  void aDocumentIsStoredFoundAndRead() {
    Talk writer = talk("/mcp", write);
    Talk.Answer stored =
        writer.call(
            "call",
            """
            {"operation":"put_document","input":{"collection":"nixos_docs","path":"mcp/owls.md",
            "content_type":"text/markdown",
            "content":"# Owls\\n\\nA lantern keeper feeds the owls of the lighthouse at dusk."}}\
            """);
    String id = Json.mapper().readTree(stored.text()).path("id").asString();

    Talk reader = talk("/mcp", read);
    JsonNode found =
        Json.mapper()
            .readTree(reader.call("search", "{\"query\":\"owls of the lighthouse\"}").text());
    assertThat(found.path("results").path(0).path("id").asString()).isEqualTo(id);
    assertThat(found.path("results").path(0).path("snippet").asString()).contains("lantern keeper");

    String body =
        reader
            .call("call", "{\"operation\":\"get_document\",\"input\":{\"id\":\"" + id + "\"}}")
            .text();
    assertThat(body).contains("A lantern keeper feeds the owls");

    Talk.Answer resource =
        reader.ask(
            "resources/read",
            "{\"uri\":\"aidb://nixos_docs/" + id + "\"}",
            "aidb://nixos_docs/" + id);
    assertThat(resource.result().path("contents").path(0).path("text").asString())
        .startsWith("# Owls");
    assertThat(resource.result().path("contents").path(0).path("mimeType").asString())
        .isEqualTo("text/markdown");
    assertThat(listed(reader)).contains("aidb://nixos_docs", "aidb://nixos_docs/" + id);
  }

  private static List<String> listed(Talk talk) {
    List<String> uris = new ArrayList<>();
    String cursor = "{}";
    while (!cursor.isEmpty()) {
      JsonNode page = talk.ask("resources/list", cursor).result();
      page.path("resources").forEach(each -> uris.add(each.path("uri").asString()));
      String next = page.path("nextCursor").asString("");
      cursor = next.isEmpty() ? "" : "{\"cursor\":\"" + next + "\"}";
    }
    return uris;
  }

  @Test
  void aKeySeesItsCollectionsAlone() {
    Talk talk = talk("/mcp", limited);

    assertThat(listed(talk)).allMatch(uri -> uri.startsWith("aidb://solved_issues"));
    assertThat(talk.call("search", "{\"query\":\"a\",\"collection\":\"nixos_docs\"}").text())
        .contains("Unknown collection");
    Talk.Answer hidden =
        talk.ask("resources/read", "{\"uri\":\"aidb://nixos_docs\"}", "aidb://nixos_docs");
    assertThat(hidden.error().path("code").asInt()).isEqualTo(-32602);
    assertThat(hidden.error().path("data").path("uri").asString()).isEqualTo("aidb://nixos_docs");
  }

  @Test
  void theScopeDecidesWhatIsListedAndWhatIsRun() {
    List<String> readers = names(talk("/mcp/full", read));
    List<String> writers = names(talk("/mcp/full", write));
    assertThat(readers).contains("search", "get_document").doesNotContain("put_document");
    assertThat(writers).contains("put_document").doesNotContain("create_collection");

    Talk.Answer refused =
        talk("/mcp", read)
            .call("call", "{\"operation\":\"delete_collection\",\"input\":{\"name\":\"x\"}}");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("insufficient_scope", "admin");
    assertThat(talk("/mcp/full", read).call("put_document", "{}").status()).isEqualTo(403);
    assertThat(talk("/mcp", read).call("discover", "{\"words\":\"create collection\"}").text())
        .doesNotContain("create_collection");
  }

  private static List<String> names(Talk talk) {
    List<String> names = new ArrayList<>();
    String cursor = "{}";
    while (!cursor.isEmpty()) {
      JsonNode page = talk.ask("tools/list", cursor).result();
      page.path("tools").forEach(each -> names.add(each.path("name").asString()));
      String next = page.path("nextCursor").asString("");
      cursor = next.isEmpty() ? "" : "{\"cursor\":\"" + next + "\"}";
    }
    return names;
  }

  @Test
  void theServedListIsSmallAndTheSameForAll() {
    String list = talk("/mcp", read).ask("tools/list", "{}").body();

    assertThat(talk("/mcp", write).ask("tools/list", "{}").body()).isEqualTo(list);
    assertThat(Tokens.count(list)).as(list).isLessThanOrEqualTo(500);
  }

  @Test
  void everyRevisionCallsTools() {
    for (String revision : List.of("2025-11-25", "2025-06-18")) {
      Talk.Answer answer =
          talk("/mcp/full", read)
              .askAs(revision, "tools/call", "{\"name\":\"list_collections\",\"arguments\":{}}");
      assertThat(answer.result().path("structuredContent").path("collections").size()).isPositive();
    }
    Map<String, String> gone = Map.of("no_such", "{}");
    gone.forEach((name, arguments) ->
        assertThat(talk("/mcp", read).call("call", "{\"operation\":\"" + name + "\"}").text())
            .contains("no operation of this name"));
  }

  @Test
  void whatIsGoneIsNoResource() {
    String uri = "aidb://nixos_docs/01980000-0000-7000-8000-00000000dead";
    assertThat(
            talk("/mcp", read)
                .ask("resources/read", "{\"uri\":\"" + uri + "\"}", uri)
                .error()
                .path("code")
                .asInt())
        .isEqualTo(-32602);
    assertThat(
            talk("/mcp", read)
                .askAs("2025-11-25", "resources/read", "{\"uri\":\"file:///etc/passwd\"}")
                .error()
                .path("code")
                .asInt())
        .isEqualTo(-32002);
  }
}
