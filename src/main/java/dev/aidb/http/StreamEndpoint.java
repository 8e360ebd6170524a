package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Admission;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Call;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.operation.RecordBinder;
import dev.aidb.operation.Scope;
import dev.aidb.policy.Screen;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * Serves an operation that takes lines of JSON and answers lines of JSON, while both flow.
 *
 * <p>No deadline is bound around the handler, for a stream may last as long as its lines keep
 * coming: each wait below takes its own usual bound. The call's deadline is the longest that a
 * stream may last. Since a key may end before its stream does, the request is judged again while
 * its lines come; when it is refused, the stream ends as it does with any failure.
 */
final class StreamEndpoint<I extends Record, O> implements Endpoint {
  private static final String LINES = "application/x-ndjson";

  private final Operation<I, O> operation;
  private final Handler.Stream<I, O> handler;
  private final RecordBinder<I> binder;
  private final Admission admission;
  private final HttpMetrics.Endpoint metrics;
  private final Screen<I> screen;
  private final HttpSettings settings;
  private final FailureLog log;

  StreamEndpoint(
      Operation<I, O> operation,
      Handler.Stream<I, O> handler,
      Admission admission,
      HttpMetrics.Endpoint metrics,
      Screen<I> screen,
      HttpSettings settings,
      FailureLog log) {
    this.operation = operation;
    this.handler = handler;
    this.binder = RecordBinder.of(operation.input());
    this.admission = admission;
    this.metrics = metrics;
    this.screen = screen;
    this.settings = settings;
    this.log = log;
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

  private I bound(Map<String, String> path, InputStream json) {
    I input = binder.bind(path, Map.of(), Optional.of(json));
    screen.check(input);
    return input;
  }

  @Override
  public void serve(Exchange exchange, Visit visit) {
    exchange.heed(admission.admit(exchange, visit.caller(), operation));
    MediaTypes.require(exchange, LINES, "application/jsonl", "application/ndjson");
    Deadline deadline = Deadline.in(settings.streamTimeout());
    OutLines<O> out = new OutLines<>(exchange);
    InLines<I> in =
        new InLines<>(exchange, visit, this::bound, settings, deadline, out::awaitClient);
    try {
      handler.handle(in, out, new Call(exchange.requestId(), visit.caller(), deadline));
    } catch (ClientGone e) {
      throw e;
    } catch (AidbException e) {
      if (!out.begun()) {
        throw e;
      }
      log.note(e);
      out.problem(e);
    } catch (RuntimeException | Error e) {
      if (!out.begun()) {
        throw e;
      }
      log.unexpected(e);
      out.problem(new AidbException(ErrorCode.INTERNAL, Problems.INTERNAL_DETAIL, e));
    }
    out.end();
    exchange.endStream();
  }
}
