package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.mcp.McpRoutes;
import dev.aidb.operation.Json;
import dev.aidb.testkit.NodeTools;
import dev.aidb.testkit.RunningServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Clients that others wrote, against a running server. */
class McpClientsTest {
  private static final String INSPECTOR =
      "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";
  private static final Duration MAX = Duration.ofMinutes(2);

  private static String base() {
    return "http://127.0.0.1:" + RunningServer.shared().port();
  }

  @Test
  void theJavaSdkConnectsListsAndCalls() {
    HttpClientStreamableHttpTransport transport =
        HttpClientStreamableHttpTransport.builder(base()).endpoint(McpRoutes.FULL).build();
    try (McpSyncClient client =
        McpClient.sync(transport).requestTimeout(Duration.ofSeconds(30)).build()) {
      McpSchema.InitializeResult agreed = client.initialize();
      assertThat(agreed.protocolVersion()).isEqualTo("2025-11-25");
      assertThat(agreed.serverInfo().name()).isEqualTo("aidb");

      McpSchema.ListToolsResult tools = client.listTools();
      assertThat(tools.tools()).extracting(McpSchema.Tool::name).contains("search");
      McpSchema.CallToolResult found =
          client.callTool(new McpSchema.CallToolRequest("search", Map.of("query", "lighthouse")));
      assertThat(found.isError()).isNotEqualTo(Boolean.TRUE);
      assertThat(found.structuredContent()).isNotNull();
      assertThat(client.listResources().resources()).isNotEmpty();
      assertThat(client.listPrompts().prompts()).isNotEmpty();
      client.ping();
    }
  }

  @Test
  void theTypeScriptSdkConnectsListsAndCalls() throws Exception {
    NodeTools.require();

    seesEverything(NodeTools.run(MAX, "client.mjs", "http", base() + McpRoutes.COMPACT));
  }

  @Test
  void theTypeScriptSdkStartsTheProgramItself() throws Exception {
    NodeTools.require();

    String command = Program.plain().shellCommand("client") + " mcp --url " + base();
    seesEverything(NodeTools.run(MAX, "client.mjs", "stdio", "sh", "-c", "exec " + command));
  }

  private static void seesEverything(NodeTools.Ended ended) {
    assertThat(ended.status()).as(ended.err()).isZero();
    JsonNode seen = Json.mapper().readTree(ended.out());
    assertThat(seen.path("server").path("name").asString()).isEqualTo("aidb");
    assertThat(seen.path("tools").toString()).contains("search", "discover", "call");
    assertThat(seen.path("prompts").toString()).contains("search_first");
    assertThat(seen.path("resources").toString()).contains("aidb://nixos_docs");
    assertThat(seen.path("found").asString()).contains("\"results\"");
    assertThat(seen.path("mistake").asBoolean()).isTrue();
  }

  @Test
  void theInspectorConnectsListsAndCalls() throws Exception {
    NodeTools.require();

    for (List<String> asked :
        List.of(
            List.of("tools/list"),
            List.of("tools/call", "--tool-name", "search", "--tool-arg", "query=lighthouse"))) {
      String[] arguments =
          java.util.stream.Stream.concat(
                  java.util.stream.Stream.of(
                      "--cli", base() + McpRoutes.COMPACT, "--transport", "http", "--method"),
                  asked.stream())
              .toArray(String[]::new);
      NodeTools.Ended ended = NodeTools.run(MAX, INSPECTOR, arguments);
      assertThat(ended.status()).as(ended.err() + ended.out()).isZero();
      assertThat(ended.out()).contains(asked.size() == 1 ? "\"discover\"" : "results");
    }
  }
}
