package dev.aidb.http;

import dev.aidb.core.Deadline;
import dev.aidb.invocation.Invocation;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Call;
import dev.aidb.operation.Json;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Optional;

/** Serves an operation that takes one record and answers one. */
final class UnaryEndpoint<I extends Record, O> implements Endpoint {
  private final Invocation<I, O> invocation;
  private final HttpMetrics.Endpoint metrics;
  private final boolean takesBody;

  UnaryEndpoint(Invocation<I, O> invocation, HttpMetrics.Endpoint metrics) {
    this.invocation = invocation;
    this.metrics = metrics;
    this.takesBody =
        switch (invocation.operation().method()) {
          case POST, PATCH -> true;
          case GET, DELETE -> false;
        };
  }

  @Override
  public String name() {
    return invocation.operation().name();
  }

  @Override
  public Scope scope() {
    return invocation.operation().scope();
  }

  @Override
  public HttpMetrics.Endpoint metrics() {
    return metrics;
  }

  @Override
  public void serve(Exchange exchange, Visit visit) {
    Deadline deadline = invocation.deadline();
    exchange.heed(invocation.admit(exchange, visit.caller(), deadline));
    Call call = new Call(exchange.requestId(), visit.caller(), deadline);
    Optional<InputStream> body = body(exchange); // before its turn: a client may be slow
    Reply<O> reply =
        invocation.run(
            binder -> binder.bind(visit.path(), Percent.parameters(exchange.query()), body), call);
    exchange.answer(reply.status(), MediaTypes.JSON, Json.bytes(reply.body()), reply.headers());
  }

  private Optional<InputStream> body(Exchange exchange) {
    if (!takesBody) {
      return Optional.empty();
    }
    MediaTypes.require(exchange, "application/json");
    return Optional.of(new ByteArrayInputStream(exchange.wholeBody()));
  }
}
