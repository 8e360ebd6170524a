package dev.aidb.http;

import dev.aidb.health.Health;
import dev.aidb.metrics.Metrics;
import dev.aidb.operation.Scope;
import java.util.List;
import java.util.Map;

/** The routes for machines that watch: {@code /metrics}, {@code /livez}, {@code /readyz}. */
public final class ProbeRoutes {
  private ProbeRoutes() {}

  /** The routes, with metrics for those who may read. */
  public static List<PlainRoute> of(Metrics metrics, Health health) {
    return of(metrics, health, Scope.READ);
  }

  /**
   * The routes.
   *
   * @param metricsScope what {@code /metrics} needs
   */
  public static List<PlainRoute> of(Metrics metrics, Health health, Scope metricsScope) {
    return List.of(
        new PlainRoute("/metrics", metricsScope, request -> exposed(metrics, request)),
        new PlainRoute("/livez", Scope.PUBLIC, request -> plain(health.livez(verbose(request)))),
        new PlainRoute("/readyz", Scope.PUBLIC, request -> plain(health.readyz(verbose(request)))));
  }

  private static PlainRoute.Answer exposed(Metrics metrics, PlainRoute.Request request) {
    Metrics.Exposition exposition = metrics.expose(request.header("accept").orElse(""));
    return new PlainRoute.Answer(200, exposition.contentType(), exposition.body(), Map.of());
  }

  private static boolean verbose(PlainRoute.Request request) {
    return request.query().containsKey("verbose");
  }

  private static PlainRoute.Answer plain(Health.Plain plain) {
    return PlainRoute.Answer.text(plain.ok() ? 200 : 503, plain.text());
  }
}
