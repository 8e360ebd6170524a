package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.keys.KeyScope;
import dev.aidb.keys.KeysForTests;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Every operation of a server that needs keys, asked by every kind of client. What gets past the
 * door is a request that validation refuses, so that nothing is done and the status is exact.
 */
class AccessMatrixTest {
  /** What each operation needs; one that is missing here fails the test. */
  private static final Map<String, String> NEEDED =
      Map.ofEntries(
          Map.entry("get_health", "public"),
          Map.entry("check_liveness", "public"),
          Map.entry("check_readiness", "public"),
          Map.entry("check_startup", "public"),
          Map.entry("get_detailed_health", "read"),
          Map.entry("get_livez", "public"),
          Map.entry("get_readyz", "public"),
          Map.entry("get_metrics", "read"),
          Map.entry("search", "read"),
          Map.entry("list_documents", "read"),
          Map.entry("get_document", "read"),
          Map.entry("list_collections", "read"),
          Map.entry("get_collection", "read"),
          Map.entry("embed", "read"),
          Map.entry("embed_openai", "read"),
          Map.entry("embed_tei", "read"),
          Map.entry("get_index_status", "read"),
          Map.entry("get_solution", "read"),
          Map.entry("list_issues", "read"),
          Map.entry("get_issue", "read"),
          Map.entry("analyze_issues", "read"),
          Map.entry("record_issue", "write"),
          Map.entry("update_issue", "write"),
          Map.entry("put_document", "write"),
          Map.entry("learn", "write"),
          Map.entry("feedback", "write"),
          Map.entry("update_solution", "write"),
          Map.entry("put_documents", "write"),
          Map.entry("delete_document", "write"),
          Map.entry("index_vectors", "write"),
          Map.entry("create_collection", "admin"),
          Map.entry("delete_collection", "admin"),
          Map.entry("approve", "admin"),
          Map.entry("verify_index", "admin"),
          Map.entry("rebuild_index", "admin"),
          Map.entry("list_audit", "admin"),
          Map.entry("collect_garbage", "admin"),
          Map.entry("list_gc_runs", "admin"),
          Map.entry("get_gc_run", "admin"),
          Map.entry("get_gc_status", "admin"),
          Map.entry("restore_solutions", "admin"),
          Map.entry("get_context", "read"),
          Map.entry("query_knowledge", "read"),
          Map.entry("augment_query", "read"),
          Map.entry("evaluate_response", "read"),
          Map.entry("get_session", "read"),
          Map.entry("delete_session", "read"));

  private static final List<String> SCOPES = List.of("public", "read", "write", "admin");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static RunningServer server;
  private static KeysForTests keys;
  private static Database database;

  private record Asked(String name, String method, String path, Kind kind) {
    enum Kind {
      PLAIN(200),
      QUERY(422),
      BODY(400),
      STREAM(415);

      private final int status;

      Kind(int status) {
        this.status = status;
      }
    }
  }

  /** A kind of client: what it shows, and up to which scope that lets it. */
  private record Client(String name, Optional<String> key, Optional<String> scope) {}

  @BeforeAll
  static void start() {
    server =
        RunningServer.start(
            config -> config.with("auth.required", true).with("rate_limit.enabled", false));
    database = server.database();
    keys = KeysForTests.of(database, server.data().resolve("secrets"));
  }

  @AfterAll
  static void stop() {
    database.close();
    server.close();
  }

  @Test
  void everyOperationAnswersEveryClientAsItsScopeSays() {
    List<Client> clients = clients();
    List<Asked> operations = operations();

    assertThat(operations.stream().map(Asked::name))
        .containsExactlyInAnyOrderElementsOf(NEEDED.keySet());
    Map<String, String> wrong = new TreeMap<>();
    for (Asked asked : operations) {
      for (Client client : clients) {
        int expected = expected(asked, client);
        HttpResponse<String> answer = send(asked, client.key());
        String problem = problem(answer, expected, client);
        if (!problem.isEmpty()) {
          wrong.put(asked.name() + " by " + client.name(), problem);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static int expected(Asked asked, Client client) {
    String needed = NEEDED.getOrDefault(asked.name(), "");
    if (needed.equals("public")) {
      return asked.kind().status;
    }
    if (client.scope().isEmpty()) {
      return 401;
    }
    return SCOPES.indexOf(client.scope().get()) >= SCOPES.indexOf(needed)
        ? asked.kind().status
        : 403;
  }

  /** Why the answer isn't what is expected; empty when it is. */
  private static String problem(HttpResponse<String> answer, int expected, Client client) {
    Optional<String> challenge = answer.headers().firstValue("WWW-Authenticate");
    if (answer.statusCode() != expected) {
      return answer.statusCode() + " in place of " + expected;
    }
    String wanted =
        switch (expected) {
          case 401 ->
              client.key().isEmpty()
                  ? "Bearer realm=\"aidb\""
                  : "Bearer realm=\"aidb\", error=\"invalid_token\"";
          case 403 -> "Bearer realm=\"aidb\", error=\"insufficient_scope\", scope=";
          default -> "";
        };
    boolean fits =
        expected == 403
            ? challenge.orElse("").startsWith(wanted)
            : challenge.orElse("").equals(wanted);
    return fits ? "" : "WWW-Authenticate: " + challenge.orElse("none");
  }

  private static List<Client> clients() {
    String revoked = keys.create("matrix-revoked", KeyScope.ADMIN);
    keys.revoke("matrix-revoked");
    String expired = keys.createExpired("matrix-expired", KeyScope.ADMIN);
    String read = keys.create("matrix-read", KeyScope.READ);
    List<Client> clients = new ArrayList<>();
    clients.add(new Client("nobody", Optional.empty(), Optional.empty()));
    clients.add(new Client("malformed", Optional.of("letmein"), Optional.empty()));
    clients.add(new Client("too long", Optional.of("a".repeat(4_000)), Optional.empty()));
    clients.add(new Client("unknown", Optional.of(keys.unknown()), Optional.empty()));
    clients.add(
        new Client("wrong secret", Optional.of(keys.withAnotherSecret(read)), Optional.empty()));
    clients.add(new Client("revoked", Optional.of(revoked), Optional.empty()));
    clients.add(new Client("expired", Optional.of(expired), Optional.empty()));
    clients.add(new Client("read", Optional.of(read), Optional.of("read")));
    clients.add(
        new Client(
            "write",
            Optional.of(keys.create("matrix-write", KeyScope.WRITE)),
            Optional.of("write")));
    String admin = keys.create("matrix-admin", KeyScope.ADMIN);
    clients.add(new Client("admin", Optional.of(admin), Optional.of("admin")));
    awaitKnown(admin);
    return clients;
  }

  private static void awaitKnown(String key) {
    Eventually.within(
        Duration.ofSeconds(5),
        "the server knows the keys",
        () -> get("/metrics", "Authorization", "Bearer " + key).statusCode() == 200);
  }

  private static List<Asked> operations() {
    JsonNode document = Json.mapper().readTree(get("/openapi.json").body());
    List<Asked> found = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    found.add(
                        new Asked(
                            method.getValue().path("operationId").asString(),
                            method.getKey().toUpperCase(Locale.ROOT),
                            path.getKey().replaceAll("\\{[^}]*}", "none"),
                            kind(method.getValue())))));
    return found;
  }

  private static Asked.Kind kind(JsonNode operation) {
    JsonNode content = operation.path("requestBody").path("content");
    if (content.has("application/x-ndjson")) {
      return Asked.Kind.STREAM;
    }
    if (!content.isMissingNode()) {
      return Asked.Kind.BODY;
    }
    return operation.path("responses").path("200").path("content").has("text/plain")
        ? Asked.Kind.PLAIN
        : Asked.Kind.QUERY;
  }

  private static HttpResponse<String> send(Asked asked, Optional<String> key) {
    String query = asked.kind() == Asked.Kind.QUERY ? "?no_such_parameter=1" : "";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.client().base() + asked.path() + query));
    switch (asked.kind()) {
      case PLAIN, QUERY -> request.method(asked.method(), BodyPublishers.noBody());
      case BODY ->
          request
              .header("Content-Type", "application/json")
              .method(asked.method(), BodyPublishers.ofString("not json"));
      case STREAM ->
          request
              .header("Content-Type", "text/plain")
              .method(asked.method(), BodyPublishers.ofString("a line\n"));
    }
    key.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    return exchange(request);
  }

  private static HttpResponse<String> get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.client().base() + path));
    return exchange(headers.length == 0 ? request : request.headers(headers));
  }

  private static HttpResponse<String> exchange(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void theFirstAdminKeyIsInItsFileAndWorks() throws Exception {
    Path file = server.data().resolve("secrets/admin.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r--------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(file.resolveSibling("pepper"))))
        .isEqualTo("r--------");
    String key = Files.readString(file).strip();
    assertThat(get("/admin/audit", "X-API-Key", key).statusCode()).isEqualTo(200);
    assertThat(get("/admin/audit", "x-Api-kEy", key).statusCode()).isEqualTo(200);
    assertThat(get("/admin/audit", "authorization", "bEaReR   " + key).statusCode()).isEqualTo(200);
  }

  @Test
  void twoKeysAreOneTooMany() {
    String key = keys.create("two-keys", KeyScope.READ);
    awaitKnown(key);
    String[] same = {"Authorization", "Bearer " + key, "X-API-Key", key};
    String[] different = {"Authorization", "Bearer " + key, "X-API-Key", keys.unknown()};
    assertThat(get("/collections", same).statusCode()).isEqualTo(200);
    assertThat(get("/collections", different).statusCode()).isEqualTo(400);
    assertThat(get("/collections", "Authorization", "Basic YTpi").statusCode()).isEqualTo(401);
    assertThat(get("/collections", "X-API-Key", "").statusCode()).isEqualTo(401);
  }

  @Test
  void documentationIsPublicAndAWrongKeyMakesNoProbeFail() {
    for (String path : List.of("/docs", "/openapi.json", "/health", "/health/ready", "/livez")) {
      assertThat(get(path, "X-API-Key", "wrong").statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aKeyLimitedToACollectionSeesNoOther() {
    String key = keys.create("limited", KeyScope.WRITE, "skill_embeddings");
    awaitKnown(key);
    String admin = keys.create("unlimited", KeyScope.ADMIN);
    awaitKnown(admin);
    JsonNode stored =
        Json.mapper().readTree(post("/documents", admin, document("nixos_docs")).body());
    String elsewhere = "/documents/" + stored.path("id").asString();

    JsonNode seen = Json.mapper().readTree(get("/collections", "X-API-Key", key).body());
    assertThat(seen.path("collections").size()).isEqualTo(1);
    assertThat(get("/collections/nixos_docs", "X-API-Key", key).statusCode()).isEqualTo(404);
    assertThat(get(elsewhere, "X-API-Key", key).statusCode()).isEqualTo(404);
    assertThat(get("/documents?collection=nixos_docs", "X-API-Key", key).statusCode())
        .isEqualTo(422);
    assertThat(post("/documents", key, document("nixos_docs")).statusCode()).isEqualTo(422);
    assertThat(post("/documents", key, document("skill_embeddings")).statusCode()).isEqualTo(201);
    assertThat(
            post("/vector/search", key, "{\"query\":\"a\",\"collection\":\"nixos_docs\"}")
                .statusCode())
        .isEqualTo(422);
    HttpRequest.Builder delete =
        HttpRequest.newBuilder(URI.create(server.client().base() + elsewhere))
            .DELETE()
            .header("X-API-Key", key);
    assertThat(exchange(delete).statusCode()).isEqualTo(404);
    String chunk =
        "{\"items\":[{\"document_id\":\"%s\",\"chunk_id\":\"x\",\"content\":\"x\"}]}"
            .formatted(stored.path("id").asString());
    assertThat(post("/vector/index", key, chunk).statusCode()).isEqualTo(422);
  }

  private static String document(String collection) {
    return "{\"collection\":\"%s\",\"path\":\"a\",\"content\":\"a word\"}".formatted(collection);
  }

  private static HttpResponse<String> post(String path, String key, String json) {
    return exchange(
        HttpRequest.newBuilder(URI.create(server.client().base() + path))
            .header("Content-Type", "application/json")
            .header("X-API-Key", key)
            .POST(BodyPublishers.ofString(json)));
  }

  @Test
  void deletionsAndRefusalsAreAuditedWithoutSecrets() {
    String admin = keys.create("auditor", KeyScope.ADMIN);
    awaitKnown(admin);
    Instant before = Instant.now().minusSeconds(1);
    post("/collections", admin, "{\"name\":\"audited\"}");
    HttpResponse<String> deleted =
        exchange(
            HttpRequest.newBuilder(URI.create(server.client().base() + "/collections/audited"))
                .DELETE()
                .header("X-API-Key", admin)
                .header("X-Request-ID", "audit-me-1"));
    assertThat(deleted.statusCode()).isEqualTo(200);

    JsonNode audit =
        Json.mapper()
            .readTree(get("/admin/audit?since=" + before + "&limit=1", "X-API-Key", admin).body());
    JsonNode newest = audit.path("events").get(0);
    assertThat(newest.path("action").asString()).isEqualTo("collection.delete");
    assertThat(newest.path("target").asString()).isEqualTo("audited");
    assertThat(newest.path("outcome").asString()).isEqualTo("done");
    assertThat(newest.path("actor").asString()).isEqualTo("key:" + admin.split("_", -1)[1]);
    assertThat(newest.path("request_id").asString()).isEqualTo("audit-me-1");

    String next = audit.path("next_cursor").asString();
    JsonNode earlier =
        Json.mapper()
            .readTree(
                get("/admin/audit?since=" + before + "&cursor=" + next, "X-API-Key", admin).body());
    assertThat(earlier.path("events").get(0).path("action").asString())
        .isEqualTo("collection.create");

    JsonNode all = Json.mapper().readTree(get("/admin/audit?limit=100", "X-API-Key", admin).body());
    assertThat(all.toString()).contains("key.create").doesNotContain(admin.split("_", -1)[2]);
    JsonNode made =
        Json.mapper()
            .readTree(get("/admin/audit?action=key.create&limit=1", "X-API-Key", admin).body());
    assertThat(made.path("events").get(0).path("actor").asString()).isNotEmpty();
    assertThat(get("/metrics", "X-API-Key", admin).body())
        .contains("aidb_auth_failures_total{reason=\"revoked\"}")
        .contains("aidb_audit_events_total{result=\"lost\"} 0.0");
  }
}
