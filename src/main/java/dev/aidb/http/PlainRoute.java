package dev.aidb.http;

import dev.aidb.operation.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A GET route beside the operations, such as {@code /metrics}: something for programs and people
 * that isn't an operation of the API.
 *
 * @param template its address; one that ends in {@code /*} takes everything below
 * @param scope what a caller needs
 * @param answer what it says; may throw an {@link dev.aidb.core.AidbException}
 */
public record PlainRoute(String template, Scope scope, Function<Request, Answer> answer) {

  /** What a plain route may look at. */
  public interface Request {
    /** The path as sent, percent-encoded. */
    String path();

    /** The parameters of the query string. */
    Map<String, List<String>> query();

    /**
     * A header's first value.
     *
     * @param name in lower case
     */
    Optional<String> header(String name);
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param contentType the media type
   * @param body the bytes
   * @param headers further headers; they replace the usual ones of the same name
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to the socket, never compared
  public record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    public static Answer text(int status, String text) {
      return of(status, "text/plain; charset=utf-8", text);
    }

    public static Answer of(int status, String contentType, String text) {
      return new Answer(
          status, contentType, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of());
    }

    /** A redirect to an address on this server. */
    public static Answer redirect(String location) {
      return new Answer(
          302, "text/plain; charset=utf-8", new byte[0], Map.of("Location", location));
    }
  }
}
