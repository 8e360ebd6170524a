package dev.aidb.app;

import dev.aidb.operation.OpenApi;
import dev.aidb.operation.OpenApi.PlainPath;
import dev.aidb.operation.Operations;
import dev.aidb.operation.Scope;
import java.util.List;
import java.util.Map;

/** What {@code /openapi.json} says beside the operations. */
final class ApiDocument {
  private ApiDocument() {}

  static Map<String, Object> of(Operations operations, String version, Scope metricsScope) {
    return OpenApi.document(
        operations,
        new OpenApi.About(
            "AIDB",
            version,
            "The knowledge and memory server for a fleet of AI agents: documents and vectors in, sharp answers out.",
            "/", // wherever it was fetched from
            "The operator of this server"),
        List.of(
            new PlainPath(
                "/metrics",
                "get_metrics",
                "Health",
                "All metrics in the Prometheus text format",
                "text/plain",
                metricsScope),
            new PlainPath(
                "/livez",
                "get_livez",
                "Health",
                "ok while the process is alive",
                "text/plain",
                Scope.PUBLIC,
                List.of(200, 503)),
            new PlainPath(
                "/readyz",
                "get_readyz",
                "Health",
                "ok while requests are served",
                "text/plain",
                Scope.PUBLIC,
                List.of(200, 503))));
  }
}
