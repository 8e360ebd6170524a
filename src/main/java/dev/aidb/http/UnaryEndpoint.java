package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Admission;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Call;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Json;
import dev.aidb.operation.Operation;
import dev.aidb.operation.RecordBinder;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.policy.Screen;
import dev.aidb.resilience.WorkLimit;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Serves an operation that takes one record and answers one. An answer that comes after the
 * deadline is still given: it says what was done, and a 504 would deny it.
 */
final class UnaryEndpoint<I extends Record, O> implements Endpoint {
  private final Operation<I, O> operation;
  private final Handler.Unary<I, O> handler;
  private final RecordBinder<I> binder;
  private final Admission admission;
  private final HttpMetrics.Endpoint metrics;
  private final QueryWatch<I> watch;
  private final AuditWatch<I> audit;
  private final Screen<I> screen;
  private final WorkLimit work;
  private final Duration patience;
  private final boolean takesBody;

  UnaryEndpoint(
      Operation<I, O> operation,
      Handler.Unary<I, O> handler,
      Admission admission,
      HttpMetrics.Endpoint metrics,
      QueryWatch<I> watch,
      AuditWatch<I> audit,
      Screen<I> screen,
      WorkLimit work,
      Duration patience) {
    this.patience = patience;
    this.work = work;
    this.operation = operation;
    this.handler = handler;
    this.binder = RecordBinder.of(operation.input());
    this.admission = admission;
    this.metrics = metrics;
    this.watch = watch;
    this.audit = audit;
    this.screen = screen;
    this.takesBody =
        switch (operation.method()) {
          case POST, PATCH -> true;
          case GET, DELETE -> false;
        };
  }

  @Override
  public String name() {
    return operation.name();
  }

  @Override
  public Scope scope() {
    return operation.scope();
  }

  @Override
  public HttpMetrics.Endpoint metrics() {
    return metrics;
  }

  @Override
  public void serve(Exchange exchange, Visit visit) {
    Deadline deadline = Deadline.in(patience);
    ScopedValue.where(Deadline.CURRENT, deadline)
        .run(() -> exchange.heed(admission.admit(exchange, visit.caller(), operation)));
    Call call = new Call(exchange.requestId(), visit.caller(), deadline);
    Optional<InputStream> body = body(exchange); // before its turn: a client may be slow
    Reply<O> reply =
        ScopedValue.where(Deadline.CURRENT, deadline)
            .call(() -> inTurn(exchange, visit.path(), body, call));
    exchange.answer(reply.status(), MediaTypes.JSON, Json.bytes(bodyOf(reply)), reply.headers());
  }

  private Object bodyOf(Reply<O> reply) {
    O body = reply.body();
    if (body == null) {
      throw new IllegalStateException(operation.name() + " answered without a body");
    }
    return body;
  }

  private Optional<InputStream> body(Exchange exchange) {
    if (!takesBody) {
      return Optional.empty();
    }
    MediaTypes.require(exchange, "application/json");
    return Optional.of(new ByteArrayInputStream(exchange.wholeBody()));
  }

  /** What costs nothing, such as a look at the health, needs no turn. */
  private Reply<O> inTurn(
      Exchange exchange, Map<String, String> path, Optional<InputStream> body, Call call) {
    if (operation.cost() == 0) {
      return watched(exchange, path, body, call);
    }
    try (WorkLimit.Place place = work.enter(call.deadline())) {
      return watched(exchange, path, body, call);
    }
  }

  private Reply<O> watched(
      Exchange exchange, Map<String, String> path, Optional<InputStream> body, Call call) {
    try {
      Reply<O> reply = audited(input(exchange, path, body), call);
      watch.passed();
      return reply;
    } catch (AidbException e) {
      watch.failed(e);
      throw e;
    }
  }

  private Reply<O> audited(I input, Call call) {
    Reply<O> reply;
    try {
      reply = handler.handle(input, call);
    } catch (AidbException e) {
      audit.failed(input, call, e.code());
      throw e;
    } catch (RuntimeException | Error e) {
      audit.failed(input, call, ErrorCode.INTERNAL);
      throw e;
    }
    audit.done(input, call);
    return reply;
  }

  private I input(Exchange exchange, Map<String, String> path, Optional<InputStream> body) {
    Map<String, List<String>> query = Percent.parameters(exchange.query());
    long start = System.nanoTime();
    try {
      I input = binder.bind(path, query, body);
      watch.bound(input);
      screen.check(input);
      return input;
    } finally {
      watch.timed(System.nanoTime() - start);
    }
  }
}
