package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.IdSource;
import dev.aidb.guard.Admission;
import dev.aidb.guard.Challenge;
import dev.aidb.guard.Door;
import dev.aidb.guard.Refusal;
import dev.aidb.guard.Refusals;
import dev.aidb.log.LogContext;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Takes every request: finds its route, lets it in, has it served, and answers failures. */
final class Dispatcher implements Handler {
  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-ID");
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final int CLIENT_GONE = 499;
  static final String SCOPE_DETAIL = "The key's scope doesn't cover this operation";

  /** The routes, and whether they are all there will be. */
  private record Served(Routes<Endpoint> routes, boolean open) {}

  private volatile Served served;
  private final Door door;
  private final Refusals refusals;
  private final Admission admission;
  private final IdSource ids;
  private final HttpSettings settings;
  private final BodyRoom room;
  private final Stalls stalls;
  private final FailureLog log;
  private final Map<String, HttpMetrics.Endpoint> unmatched = new LinkedHashMap<>();
  private final HttpMetrics.Endpoint unknownMethod;

  Dispatcher(
      Routes<Endpoint> routes,
      boolean open,
      Door door,
      Refusals refusals,
      Admission admission,
      IdSource ids,
      HttpSettings settings,
      Stalls stalls,
      HttpMetrics metrics,
      FailureLog log) {
    this.served = new Served(routes, open);
    this.door = door;
    this.refusals = refusals;
    this.admission = admission;
    this.ids = ids;
    this.settings = settings;
    this.room = new BodyRoom(settings.maxBodiesBytes());
    this.stalls = stalls;
    this.log = log;
    METHODS.forEach(m -> unmatched.put(m, metrics.endpoint(HttpMetrics.UNMATCHED, m)));
    unknownMethod = metrics.endpoint(HttpMetrics.UNMATCHED, HttpMetrics.OTHER);
  }

  /** Serves these routes from now on, and nothing else. */
  void open(Routes<Endpoint> routes) {
    served = new Served(routes, true);
  }

  /** The id to answer a request with: its own when that is sane, else a new one. */
  String requestId(io.helidon.http.Headers headers) {
    String sent = headers.contains(REQUEST_ID) ? headers.get(REQUEST_ID).get() : "";
    return RequestIds.sane(sent) ? sent : ids.next().toString();
  }

  /** Where requests without a route are counted. */
  HttpMetrics.Endpoint unmatched(String method) {
    return unmatched.getOrDefault(method, unknownMethod);
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    long start = System.nanoTime();
    Inflow.requestBegins();
    Stall stall = stalls.watched();
    Exchange exchange =
        new Exchange(request, response, requestId(request.headers()), settings, stall, room);
    ScopedValue.where(LogContext.REQUEST_ID, exchange.requestId())
        .run(() -> handle(exchange, start, stall));
  }

  private void handle(Exchange exchange, long start, Stall stall) {
    Found found = find(exchange);
    exchange.leadsTo(found.name());
    found.metrics().started();
    int status = CLIENT_GONE;
    try {
      serve(exchange, found);
      status = exchange.status();
    } catch (CloseConnectionException e) {
      status = exchange.answered() ? exchange.status() : CLIENT_GONE;
      throw e;
    } catch (ClientGone e) {
      throw new CloseConnectionException("The client went away", e);
    } finally {
      exchange.release();
      stalls.forget(stall);
      Inflow.requestEnds();
      found.metrics().finished(status, System.nanoTime() - start, exchange.bodyBytes());
    }
  }

  private void serve(Exchange exchange, Found found) {
    try {
      Caller caller = letIn(exchange, found.scope());
      if (!caller.may(found.scope())) {
        refuseScope(exchange, found, caller);
        return;
      }
      runNoted(exchange, found, caller);
    } catch (AidbException e) {
      log.note(e);
      fail(exchange, found.form(), e, Map.of());
    } catch (ClientGone | CloseConnectionException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      log.unexpected(e);
      AidbException failure = new AidbException(ErrorCode.INTERNAL, Problems.INTERNAL_DETAIL, e);
      fail(exchange, found.form(), failure, Map.of());
    }
  }

  private void runNoted(Exchange exchange, Found found, Caller caller) {
    try {
      found.action().run(caller);
    } catch (AidbException e) {
      switch (e.code()) {
        case RATE_LIMITED -> note(Refusal.Reason.RATE_LIMIT, exchange, found, caller);
        case CONTENT_POLICY -> note(Refusal.Reason.CONTENT_POLICY, exchange, found, caller);
        default -> {
          // an answer like any other
        }
      }
      throw e;
    }
  }

  private void note(Refusal.Reason why, Exchange exchange, Found found, Caller caller) {
    refusals.note(new Refusal(why, caller.id(), exchange.remoteAddress(), found.name()));
  }

  /**
   * Whoever is turned away pays for it, and is told nothing but 429 once that budget is spent. The
   * key is judged before: whoever has a valid one is never shut out by others of its address. What
   * makes guessing vain is a key's length, not this.
   */
  private Caller letIn(Exchange exchange, Scope needed) {
    try {
      return door.admit(exchange, needed);
    } catch (AidbException e) {
      switch (e.code()) {
        case UNAUTHORIZED, FORBIDDEN -> exchange.heed(admission.turnedAway(exchange));
        default -> {
          // the door's own trouble isn't the client's fault
        }
      }
      throw e;
    }
  }

  private void judgeAgain(Exchange exchange, Endpoint endpoint) {
    Caller caller = letIn(exchange, endpoint.scope());
    if (!caller.may(endpoint.scope())) {
      refusals.note(
          new Refusal(
              Refusal.Reason.SCOPE, caller.id(), exchange.remoteAddress(), endpoint.name()));
      throw new AidbException(ErrorCode.FORBIDDEN, SCOPE_DETAIL);
    }
  }

  private void refuseScope(Exchange exchange, Found found, Caller caller) {
    note(Refusal.Reason.SCOPE, exchange, found, caller);
    exchange.heed(admission.turnedAway(exchange));
    fail(
        exchange,
        found.form(),
        new AidbException(ErrorCode.FORBIDDEN, SCOPE_DETAIL),
        Map.of(Challenge.HEADER, Challenge.insufficient(found.scope())));
  }

  private void fail(Exchange exchange, AidbException failure) {
    fail(exchange, Told::problem, failure, Map.of());
  }

  private void fail(Exchange exchange, Form form, AidbException failure, Map<String, String> more) {
    if (exchange.answered()) {
      throw new CloseConnectionException("The answer had begun when the request failed", failure);
    }
    ErrorCode code = failure.code();
    Map<String, String> headers = new LinkedHashMap<>(more);
    RetryAfter.of(failure).ifPresent(seconds -> headers.put(RetryAfter.HEADER, seconds));
    if (code == ErrorCode.UNAUTHORIZED) {
      headers.put(Challenge.HEADER, Challenge.unauthorized(exchange));
    }
    Told told = form.of(failure, exchange);
    exchange.answer(code.httpStatus(), told.contentType(), told.body(), headers);
  }

  /** What a request's address leads to; without a name when that is nothing. */
  private record Found(
      String name, Scope scope, HttpMetrics.Endpoint metrics, Form form, Action action) {}

  /** How failures are told there. */
  private interface Form {
    Told of(AidbException failure, Exchange exchange);
  }

  private interface Action {
    void run(Caller caller);
  }

  private Found find(Exchange exchange) {
    String method = exchange.method();
    Served now = served;
    try {
      return switch (now.routes.find(method, exchange.path())) {
        case Routes.Match.Found<Endpoint>(Endpoint endpoint, Map<String, String> path) ->
            new Found(
                endpoint.name(),
                endpoint.scope(),
                endpoint.metrics(),
                endpoint::told,
                caller ->
                    endpoint.serve(
                        exchange, new Visit(caller, path, () -> judgeAgain(exchange, endpoint))));
        case Routes.Match.WrongMethod<Endpoint>(Set<String> allowed) ->
            refused(method, () -> wrongMethod(exchange, method, String.join(", ", allowed)));
        case Routes.Match.Unknown<Endpoint>() ->
            refused(
                method,
                () ->
                    fail(
                        exchange,
                        now.open
                            ? AidbException.notFound("There is nothing at this address")
                            : AidbException.unavailable(
                                "The server is still starting", Duration.ofSeconds(1), null)));
      };
    } catch (AidbException e) {
      return refused(method, () -> fail(exchange, e));
    }
  }

  private Found refused(String method, Runnable answer) {
    return new Found("", Scope.PUBLIC, unmatched(method), Told::problem, caller -> answer.run());
  }

  private void wrongMethod(Exchange exchange, String method, String allowed) {
    Map<String, String> allow = Map.of("Allow", allowed);
    if (method.equals("OPTIONS")) {
      exchange.answer(204, MediaTypes.JSON, new byte[0], allow);
      return;
    }
    AidbException failure =
        new AidbException(ErrorCode.METHOD_NOT_ALLOWED, "The address takes " + allowed);
    exchange.answer(
        405,
        MediaTypes.PROBLEM,
        Problems.bytes(failure, exchange.requestId(), exchange.path()),
        allow);
  }
}
