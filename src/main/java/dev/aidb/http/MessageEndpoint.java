package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Admission;
import dev.aidb.guard.Refusal;
import dev.aidb.guard.Refusals;
import dev.aidb.guard.RequestHead;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import io.helidon.webserver.CloseConnectionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** Serves a {@link MessageRoute}. */
final class MessageEndpoint implements Endpoint {
  private final MessageRoute route;
  private final HttpMetrics.Endpoint metrics;
  private final Admission admission;
  private final Refusals refusals;
  private final FailureLog log;

  MessageEndpoint(
      MessageRoute route,
      HttpMetrics.Endpoint metrics,
      Admission admission,
      Refusals refusals,
      FailureLog log) {
    this.route = route;
    this.metrics = metrics;
    this.admission = admission;
    this.refusals = refusals;
    this.log = log;
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
  public Told told(AidbException failure, Exchange exchange) {
    return new Told(MediaTypes.JSON, route.told(failure, exchange.requestId()));
  }

  @Override
  public void serve(Exchange exchange, Visit visit) {
    route.serve(new Received(exchange, visit.caller()));
  }

  private final class Received implements MessageRoute.Message {
    private final Exchange exchange;
    private final Caller caller;

    Received(Exchange exchange, Caller caller) {
      this.exchange = exchange;
      this.caller = caller;
    }

    @Override
    public RequestHead head() {
      return exchange;
    }

    @Override
    public String requestId() {
      return exchange.requestId();
    }

    @Override
    public Caller caller() {
      return caller;
    }

    @Override
    public byte[] body() {
      MediaTypes.require(exchange, "application/json");
      return exchange.wholeBody();
    }

    @Override
    public void heed(Admission.Verdict verdict) {
      exchange.heed(verdict);
    }

    @Override
    public AidbException refuseScope(Scope needed, String target) {
      refuse(Refusal.Reason.SCOPE, target);
      exchange.heed(admission.turnedAway(exchange));
      return new AidbException(ErrorCode.FORBIDDEN, Dispatcher.SCOPE_DETAIL);
    }

    @Override
    public void note(AidbException failure, String target) {
      log.note(failure);
      switch (failure.code()) {
        case RATE_LIMITED -> refuse(Refusal.Reason.RATE_LIMIT, target);
        case CONTENT_POLICY -> refuse(Refusal.Reason.CONTENT_POLICY, target);
        default -> {
          // an answer like any other
        }
      }
    }

    private void refuse(Refusal.Reason why, String target) {
      refusals.note(new Refusal(why, caller.id(), exchange.remoteAddress(), target));
    }

    @Override
    public void unexpected(Throwable failure) {
      switch (failure) {
        case ClientGone gone -> throw gone;
        case CloseConnectionException closed -> throw closed;
        default -> log.unexpected(failure);
      }
    }

    @Override
    public void answer(int status, byte[] json, Map<String, String> headers) {
      exchange.answer(status, MediaTypes.JSON, json, headers);
    }

    @Override
    public void answer(int status) {
      exchange.answer(status);
    }

    @Override
    public OutputStream stream() {
      return exchange.stream(MediaTypes.EVENTS, Map.of("X-Accel-Buffering", "no"));
    }

    @Override
    public void endStream(OutputStream stream) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // a guarded stream throws ClientGone instead
      }
      exchange.endStream();
    }
  }
}
