package dev.aidb.http;

import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Scope;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Serves a {@link PlainRoute}. */
final class PlainEndpoint implements Endpoint {
  private final PlainRoute route;
  private final HttpMetrics.Endpoint metrics;

  PlainEndpoint(PlainRoute route, HttpMetrics.Endpoint metrics) {
    this.route = route;
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return route.template();
  }

  @Override
  public Scope scope() {
    return route.scope();
  }

  @Override
  public HttpMetrics.Endpoint metrics() {
    return metrics;
  }

  @Override
  public void serve(Exchange exchange, Visit visit) {
    PlainRoute.Answer answer = route.answer().apply(new Asked(exchange));
    exchange.answer(
        answer.status(),
        HeaderValues.create(HeaderNames.CONTENT_TYPE, answer.contentType()),
        answer.body(),
        answer.headers());
  }

  private record Asked(Exchange exchange) implements PlainRoute.Request {
    @Override
    public String path() {
      return exchange.path();
    }

    @Override
    public Map<String, List<String>> query() {
      return Percent.parameters(exchange.query());
    }

    @Override
    public Optional<String> header(String name) {
      return exchange.header(name);
    }
  }
}
