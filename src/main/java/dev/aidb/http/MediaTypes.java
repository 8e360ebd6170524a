package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Problem;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.Locale;

/** The media types that go in and out of operations. */
final class MediaTypes {
  static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  static final Header LINES =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/x-ndjson");
  static final Header EVENTS =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/event-stream");
  static final Header PROBLEM =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);

  static final Header NO_STORE = HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");

  private MediaTypes() {}

  /**
   * Refuses a body of another type; one without a type is taken for what is wanted.
   *
   * @throws AidbException UNSUPPORTED_MEDIA_TYPE
   */
  static void require(Exchange exchange, String first, String... others) {
    String sent = exchange.header("content-type").orElse("");
    if (sent.isEmpty() || sent.equals(first)) {
      return;
    }
    int semicolon = sent.indexOf(';');
    String type = (semicolon < 0 ? sent : sent.substring(0, semicolon)).trim();
    type = type.toLowerCase(Locale.ROOT);
    boolean fits = type.equals(first);
    for (String other : others) {
      fits |= type.equals(other);
    }
    if (!fits || !isUtf8(semicolon < 0 ? "" : sent.substring(semicolon))) {
      throw new AidbException(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body must be " + first + " in UTF-8");
    }
  }

  private static boolean isUtf8(String parameters) {
    String lower = parameters.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("charset=");
    return at < 0 || lower.substring(at + 8).replace("\"", "").trim().startsWith("utf-8");
  }
}
