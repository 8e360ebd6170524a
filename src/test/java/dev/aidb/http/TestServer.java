package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.ErrorSink;
import dev.aidb.core.UuidV7Source;
import dev.aidb.guard.Admission;
import dev.aidb.guard.AuditTrail;
import dev.aidb.guard.ClientAddresses;
import dev.aidb.guard.LocalDoor;
import dev.aidb.guard.Refusal;
import dev.aidb.health.Health;
import dev.aidb.health.HealthMetrics;
import dev.aidb.health.StartupState;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.metrics.Metrics;
import dev.aidb.metrics.QueryValidationMetrics;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Json;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operations;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.policy.ContentPolicy;
import dev.aidb.policy.ContentPolicyMetrics;
import dev.aidb.policy.PolicyMode;
import dev.aidb.policy.PolicySettings;
import dev.aidb.resilience.WorkLimit;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;

/** A server over a handful of operations that do nothing but what the tests need. */
final class TestServer implements AutoCloseable {
  @Description("An echo")
  record Echo(@Description("What to say") @NotNull @Characters(max = 10_000) String text) {}

  @Description("An item")
  record Item(
      @Description("Its id") @NotNull @Characters(max = 100) String id,
      @Description("A tag") @Default("none") @Characters(max = 100) String tag) {}

  @Description("A search")
  record Search(
      @Description("Where") @NotNull @Characters(max = 64) String collection,
      @Description("What") @NotNull @Plain @Characters(min = 1, max = 100) String query) {}

  @Description("An answer")
  record Answer(@Description("What was said") String said) {}

  final Metrics metrics = new Metrics("test");
  final List<Refusal> refused = Collections.synchronizedList(new ArrayList<>());
  final CountDownLatch entered = new CountDownLatch(1);
  final Semaphore gate = new Semaphore(0);
  final HttpServer server;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TestServer() {
    this(settings());
  }

  TestServer(HttpSettings settings) {
    server =
        new HttpServer(
                settings,
                new HttpServer.Parts(
                    Operations.of(operations()),
                    plainRoutes(),
                    new LocalDoor(settings.host(), Set.of("http://friend.example")),
                    Admission.unlimited(),
                    UuidV7Source.system(),
                    new HttpMetrics(metrics.registry()),
                    new QueryValidationMetrics(metrics.registry()),
                    AuditTrail.none(),
                    refused::add,
                    new ContentPolicy(
                        PolicySettings.everywhere(PolicyMode.BLOCK),
                        new ContentPolicyMetrics(metrics.registry())),
                    new WorkLimit(new WorkLimit.Bounds(64, Duration.ofSeconds(2))),
                    ErrorSink.unheeded()))
            .start();
  }

  private List<PlainRoute> plainRoutes() {
    List<PlainRoute> routes = new ArrayList<>();
    routes.add(new PlainRoute("/plain", Scope.PUBLIC, r -> PlainRoute.Answer.text(200, "hi")));
    routes.add(new PlainRoute("/files/*", Scope.READ, r -> PlainRoute.Answer.text(200, r.path())));
    routes.addAll(DocsRoutes.of(() -> Map.of("openapi", "3.1.0", "paths", Map.of())));
    routes.addAll(
        ProbeRoutes.of(
            metrics,
            new Health(
                new Health.Build("test", java.time.Instant.EPOCH),
                Clock.systemUTC(),
                new StartupState(),
                List.of(),
                Map::of,
                new HealthMetrics(metrics.registry()))));
    return routes;
  }

  /** Small limits and short waits, so that crossing them is quick. */
  static HttpSettings settings() {
    return new HttpSettings(
        "127.0.0.1",
        0,
        64 * 1024,
        256 * 1024,
        1024,
        8 * 1024,
        64,
        64,
        Duration.ofSeconds(30),
        Duration.ofMillis(600),
        Duration.ofMillis(500),
        Duration.ofMillis(400),
        Duration.ofSeconds(20),
        Duration.ofSeconds(3),
        new ClientAddresses(List.of()));
  }

  private List<Operation<?, ?>> operations() {
    return List.of(
        op("echo", Echo.class)
            .route(Operation.Method.POST, "/echo")
            .scope(Scope.READ)
            .handler((in, call) -> Reply.ok(new Answer(in.text())).header("X-Said", "yes")),
        op("get_item", Item.class)
            .route(Operation.Method.GET, "/items/{id}")
            .scope(Scope.READ)
            .handler((in, call) -> Reply.ok(new Answer(in.id() + " " + in.tag()))),
        op("delete_item", Item.class)
            .route(Operation.Method.DELETE, "/items/{id}")
            .scope(Scope.WRITE)
            .handler((in, call) -> {
              throw AidbException.notFound("No such item");
            }),
        op("search", Search.class)
            .route(Operation.Method.POST, "/search")
            .scope(Scope.READ)
            .handler((in, call) -> {
              if (!"docs".equals(in.collection())) {
                throw new AidbException(ErrorCode.UNKNOWN_COLLECTION, "Validation failed");
              }
              return Reply.ok(new Answer(in.query()));
            }),
        op("fail", Echo.class)
            .route(Operation.Method.POST, "/fail")
            .scope(Scope.READ)
            .handler((in, call) -> fail(in.text())),
        op("wait", Echo.class)
            .route(Operation.Method.POST, "/wait")
            .scope(Scope.READ)
            .handler((in, call) -> {
              entered.countDown();
              gate.acquireUninterruptibly();
              return Reply.ok(new Answer("waited"));
            }),
        op("deadline", Echo.class)
            .route(Operation.Method.POST, "/deadline")
            .scope(Scope.READ)
            .deadline(Duration.ofMillis(1))
            .handler((in, call) -> {
              while (!Deadline.CURRENT.get().passed()) {
                Thread.onSpinWait();
              }
              Deadline.CURRENT.get().check();
              return Reply.ok(new Answer("late"));
            }),
        op("big", Echo.class)
            .route(Operation.Method.POST, "/big")
            .scope(Scope.READ)
            .handler((in, call) -> Reply.ok(new Answer("x".repeat(32 * 1024 * 1024)))),
        op("lines", Echo.class).route(Operation.Method.POST, "/lines").scope(Scope.WRITE).stream(
            (lines, out, call) -> {
              while (lines.hasNext()) {
                out.accept(new Answer(said(lines.next())));
              }
            }));
  }

  private static <I extends Record> Operation.Builder<I, Answer> op(String name, Class<I> input) {
    return Operation.named(name, input, Answer.class)
        .category("tests")
        .title("A test")
        .summary("Does what the tests need");
  }

  private static String said(Handler.Line<Echo> line) {
    return switch (line) {
      case Handler.Line.Good<Echo>(long number, Echo echo) when echo.text().equals("boom") ->
          throw new IllegalStateException("secret");
      case Handler.Line.Good<Echo>(long number, Echo echo) when echo.text().equals("down") ->
          throw AidbException.unavailable("postgresql is down", Duration.ofMillis(1), null);
      case Handler.Line.Good<Echo>(long number, Echo echo) -> number + " " + echo.text();
      case Handler.Line.Bad<Echo>(long number, AidbException why) ->
          number + " " + why.code().wireName();
    };
  }

  private static Reply<Answer> fail(String how) {
    if (how.equals("error")) {
      throw new StackOverflowError("secret");
    }
    throw switch (how) {
      case "unexpected" -> new IllegalStateException("secret: SELECT password");
      case "io" -> new UncheckedIOException(new IOException("secret disk"));
      case "unavailable" ->
          AidbException.unavailable("postgresql is down", Duration.ofMillis(1500), null);
      default -> new AidbException(ErrorCode.valueOf(how), "as asked");
    };
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  HttpResponse<String> post(String path, String body) {
    return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  static JsonNode json(String text) {
    return Json.mapper().readTree(text);
  }

  Raw raw() {
    return new Raw(server.port());
  }

  String scrape() {
    return new String(metrics.expose("").body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    gate.release(1000);
    client.close();
    server.close();
  }

  /** A bare connection. */
  static final class Raw implements AutoCloseable {
    final Socket socket;

    Raw(int port) {
      try {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    String host() {
      return "Host: 127.0.0.1:" + socket.getPort() + "\r\n";
    }

    Raw send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return this;
    }

    /** All that comes until the server closes. */
    String toEnd() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What comes until the text has come. */
    String until(String text) throws IOException {
      StringBuilder got = new StringBuilder();
      while (got.indexOf(text) < 0) {
        int b = socket.getInputStream().read();
        if (b < 0) {
          throw new AssertionError("Closed after: " + got);
        }
        got.append((char) b);
      }
      return got.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
