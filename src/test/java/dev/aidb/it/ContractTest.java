package dev.aidb.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Asks every declared operation once, so that each answer has been held against its schema. */
class ContractTest {
  private final ApiClient api = RunningServer.api();

  @Test
  void everyOperationSucceedsAndAnswersAsDeclared() {
    assertThat(api.post("/collections", Map.of("name", "contract")).status()).isEqualTo(201);
    String id =
        api.post(
                "/documents",
                Map.of("collection", "contract", "path", "a.md", "content", "A lone lighthouse"))
            .text("/id");
    api.post(
        "/documents/batch",
        "application/x-ndjson",
        "{\"collection\":\"contract\",\"path\":\"b\",\"content\":\"b\"}\n".getBytes(UTF_8));
    api.post(
        "/vector/index",
        Map.of("items", List.of(Map.of("document_id", id, "chunk_id", "own", "content", "own"))));
    api.post("/vector/search", Map.of("collection", "contract", "query", "lighthouse"));
    api.post("/vector/embed", Map.of("texts", List.of("a")));
    api.post("/v1/embeddings", Map.of("input", "a", "model", "any"));
    api.post("/embed", Map.of("inputs", "a"));
    api.post(
        "/api/v1/admin/approve", Map.of("resource", "document", "id", id, "status", "approved"));
    api.post("/hybrid/query", Map.of("query", "lighthouse"));
    api.post("/augment_query", Map.of("query", "lighthouse"));
    String session =
        api.post("/context/multi_turn", Map.of("query", "lighthouse")).text("/session_id");
    api.post(
        "/feedback/evaluate", Map.of("session_id", session, "response", "a", "confidence", 0.5));
    api.get("/session/" + session);
    api.delete("/session/" + session);
    api.get("/documents?collection=contract");
    api.get("/documents/" + id);
    api.get("/collections");
    api.get("/collections/contract");
    api.get("/index/status");
    api.get("/admin/audit?limit=2");
    String solution =
        api.post("/hybrid/learn", Map.of("query", "contract", "solution", "keep it")).text("/id");
    api.post("/hybrid/feedback", Map.of("id", solution, "outcome", "success"));
    api.get("/solutions/" + solution);
    patch("/solutions/" + solution, "{\"pinned\":true}");
    String issue =
        api.post(
                "/issues",
                Map.of("component", "contract", "error_type", "Error", "message", "it broke"))
            .text("/id");
    api.get("/issues?component=contract");
    api.get("/issues/" + issue);
    api.get("/issues/analysis");
    patch("/issues/" + issue, "{\"status\":\"resolved\"}");
    String run = api.post("/gc", Map.of("operations", List.of("expired"))).text("/run_id");
    api.get("/gc/runs?limit=1");
    api.get("/gc/runs/" + run);
    api.get("/gc/status");
    api.post("/gc/restore", Map.of("run", run));
    api.post("/index/verify", "{}");
    api.post("/index/rebuild", "{}");
    for (String path :
        List.of("/health", "/health/live", "/health/ready", "/health/startup", "/livez")) {
      api.get(path);
    }
    api.get("/health/detailed");
    api.get("/readyz");
    api.get("/metrics");
    api.delete("/documents/" + id);
    api.delete("/collections/contract");

    assertThat(api.contract().succeeded()).containsAll(api.contract().operations());
  }

  private void patch(String path, String body) {
    api.send(
        api.request(path)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(body)));
  }

  @Test
  void theDocumentIsOpenApi31() {
    ApiClient.Answer answer = api.plain("/openapi.json");
    assertThat(answer.text("/openapi")).isEqualTo("3.1.0");
    assertThat(answer.header("Content-Type")).contains("application/json");
    assertThat(api.plain("/docs").body()).contains("swagger");
  }
}
