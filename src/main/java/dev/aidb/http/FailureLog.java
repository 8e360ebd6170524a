package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.ErrorSink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Writes down what failed, once and never with its content. The line carries the request's id,
 * because every request binds {@link dev.aidb.log.LogContext#REQUEST_ID}. What nobody expected is
 * told to a sink too.
 */
final class FailureLog {
  private static final Logger LOG = System.getLogger("dev.aidb.http");

  private static final String OURS = "dev.aidb.";
  private static final String FACE = "http";

  private final ErrorSink sink;

  FailureLog(ErrorSink sink) {
    this.sink = sink;
  }

  /** A failure that nobody expected. */
  void unexpected(Throwable failure) {
    LOG.log(Level.ERROR, "A request failed unexpectedly", failure);
    sink.failed(component(failure), failure);
  }

  /** The package of the program that it comes from, such as {@code search}. */
  private static String component(Throwable failure) {
    for (StackTraceElement frame : failure.getStackTrace()) {
      String name = frame.getClassName();
      if (name.startsWith(OURS)) {
        int end = name.indexOf('.', OURS.length());
        return end < 0 ? FACE : name.substring(OURS.length(), end);
      }
    }
    return FACE;
  }

  /** A failure that the client was told about; the server's own ones are worth a line. */
  void note(AidbException failure) {
    if (failure.code() == ErrorCode.INTERNAL) {
      unexpected(failure);
    } else if (failure.code() == ErrorCode.OVERLOADED) {
      // There are many at once and a metric counts them; a flood must not fill the log as well.
      LOG.log(Level.DEBUG, "A request was turned away: {0}", failure.detail());
    } else if (failure.code().httpStatus() >= 500) {
      LOG.log(Level.WARNING, "A request failed: " + failure.detail(), failure.getCause());
    }
  }
}
