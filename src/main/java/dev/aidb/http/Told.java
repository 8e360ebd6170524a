package dev.aidb.http;

import dev.aidb.core.AidbException;
import io.helidon.http.Header;

/**
 * A failure as a client is told of it.
 *
 * @param contentType the header of its media type
 * @param body the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the socket, never compared
record Told(Header contentType, byte[] body) {
  static Told problem(AidbException failure, Exchange exchange) {
    return new Told(
        MediaTypes.PROBLEM, Problems.bytes(failure, exchange.requestId(), exchange.path()));
  }
}
