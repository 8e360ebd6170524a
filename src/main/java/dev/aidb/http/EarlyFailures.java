package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Problem;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;

/** Answers requests that are so malformed that they never reach the dispatcher. */
final class EarlyFailures implements DirectHandler {
  private final Dispatcher dispatcher;

  EarlyFailures(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    String requestId = dispatcher.requestId(request.headers());
    AidbException failure = failure(status);
    HttpMetrics.Endpoint metrics = dispatcher.unmatched(request.method());
    metrics.started();
    metrics.finished(status.code(), 0, 0);
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .header(HeaderValues.create(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE))
        .header(HeaderValues.create("X-Request-ID", requestId))
        .header(HeaderValues.create("X-Content-Type-Options", "nosniff"))
        .header(MediaTypes.NO_STORE)
        .keepAlive(false)
        .entity(Problems.bytes(failure, status.code(), requestId, ""))
        .build();
  }

  private static AidbException failure(Status status) {
    return switch (status.code()) {
      case 413 -> new AidbException(ErrorCode.PAYLOAD_TOO_LARGE, "The body is too large");
      case 503 -> new AidbException(ErrorCode.OVERLOADED, "The server is busy");
      case 500 -> new AidbException(ErrorCode.INTERNAL, Problems.INTERNAL_DETAIL);
      default -> new AidbException(ErrorCode.BAD_REQUEST, "The request is not valid HTTP/1.1");
    };
  }
}
