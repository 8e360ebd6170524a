package dev.aidb.mcp;

import dev.aidb.core.ErrorSink;
import dev.aidb.core.UuidV7Source;
import dev.aidb.guard.Admission;
import dev.aidb.guard.AuditEvent;
import dev.aidb.guard.LocalDoor;
import dev.aidb.guard.Refusal;
import dev.aidb.http.HttpServer;
import dev.aidb.http.HttpSettings;
import dev.aidb.http.MessageRoute;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.metrics.Metrics;
import dev.aidb.metrics.QueryValidationMetrics;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operations;
import dev.aidb.policy.ContentPolicy;
import dev.aidb.policy.ContentPolicyMetrics;
import dev.aidb.policy.PolicyMode;
import dev.aidb.policy.PolicySettings;
import dev.aidb.resilience.WorkLimit;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A real HTTP server with the protocol over a handful of operations, or over a fixture. */
final class McpServer implements AutoCloseable {
  final Metrics metrics = new Metrics("test");
  final List<Refusal> refused = Collections.synchronizedList(new ArrayList<>());
  final List<AuditEvent> audited = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;

  private McpServer(Admission admission) {
    server =
        HttpServer.starting(
                HttpSettings.at("127.0.0.1", 0),
                new HttpServer.Parts(
                    Operations.of(List.of()),
                    List.of(),
                    new LocalDoor("127.0.0.1", Set.of()),
                    admission,
                    UuidV7Source.system(),
                    new HttpMetrics(metrics.registry()),
                    new QueryValidationMetrics(metrics.registry()),
                    audited::add,
                    refused::add,
                    new ContentPolicy(
                        PolicySettings.everywhere(PolicyMode.BLOCK),
                        new ContentPolicyMetrics(metrics.registry())),
                    new WorkLimit(new WorkLimit.Bounds(64, Duration.ofSeconds(2))),
                    ErrorSink.unheeded()))
            .start();
  }

  /** The surface that the conformance suite asks for, at the compact one's address. */
  static McpServer conformance() {
    McpServer server = new McpServer(Admission.unlimited());
    MessageRoute route =
        McpRoutes.route(
            McpRoutes.COMPACT, ConformanceSurface.surface(), Admission.unlimited(), "test");
    server.server.open(Operations.of(List.of()), List.of(), List.of(route));
    return server;
  }

  /** The product's own surfaces over these operations. */
  static McpServer over(Admission admission, List<Operation<?, ?>> declared) {
    McpServer server = new McpServer(admission);
    Operations operations = Operations.of(declared);
    server.server.open(
        operations,
        List.of(),
        McpRoutes.of(operations, server.server.invocations(), "10.20.30-SNAPSHOT"));
    return server;
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** The metrics as Prometheus would read them. */
  String scrape() {
    return new String(metrics.expose("text/plain").body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
  }

  /** Serves the conformance surface until the process is ended, for a look by hand. */
  public static void main(String[] arguments) throws InterruptedException {
    try (McpServer server = conformance()) {
      System.out.println(server.at(McpRoutes.COMPACT));
      Thread.sleep(Duration.ofHours(1));
    }
  }
}
