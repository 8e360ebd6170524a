package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A JSON-RPC message from a client. */
sealed interface Envelope {
  /** The longest id that is taken, in UTF-16 units. */
  int ID_MAX = 256;

  /**
   * A request.
   *
   * @param id a String or a Long
   */
  record Request(Object id, String method, Members params) implements Envelope {}

  /** Something that wants no answer. */
  record Notification(String method) implements Envelope {}

  /**
   * An answer to what the server asked.
   *
   * @param result the JSON of the result; empty for an error
   */
  record Response(Object id, Optional<String> result) implements Envelope {}

  /** A message that is none, with its id where that could be read. */
  final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Object> id;
    private final RpcError why;

    Refused(Optional<Object> id, RpcError why) {
      super("Not a message", why, false, false);
      this.id = id;
      this.why = why;
    }

    Optional<Object> id() {
      return id;
    }

    RpcError why() {
      return why;
    }
  }

  /**
   * Reads a message.
   *
   * @throws AidbException MALFORMED_JSON when it isn't JSON in UTF-8
   * @throws Refused when it isn't a message
   */
  static Envelope read(byte[] body) {
    String json = decode(body);
    Members message = Members.of(json).orElseThrow(() -> refused(Optional.empty(), noObject(json)));
    Optional<Object> id = message.id("id").filter(Envelope::isSane);
    if (!message.text("jsonrpc").equals(Optional.of("2.0"))) {
      throw refused(id, "jsonrpc must be \"2.0\"");
    }
    if (message.has("id") && id.isEmpty()) {
      throw refused(id, "id must be an integer or a text of at most " + ID_MAX + " characters");
    }
    Optional<String> method = message.text("method");
    if (method.isEmpty()) {
      return response(message, id);
    }
    if (message.has("params") && message.object("params").isEmpty()) {
      throw refused(id, "params must be an object");
    }
    if (id.isEmpty()) {
      return new Notification(method.get());
    }
    return new Request(id.get(), method.get(), message.members("params").orElse(Members.none()));
  }

  private static Envelope response(Members message, Optional<Object> id) {
    boolean answers = !message.has("method") && (message.has("result") || message.has("error"));
    if (!answers || id.isEmpty()) {
      throw refused(id, "A message is a request, a notification or a response");
    }
    return new Response(id.get(), message.object("result"));
  }

  private static String decode(byte[] body) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(body))
          .toString();
    } catch (CharacterCodingException e) {
      throw new AidbException(ErrorCode.MALFORMED_JSON, "Malformed JSON: the text is not UTF-8", e);
    }
  }

  private static boolean isSane(Object id) {
    return !(id instanceof String text) || text.length() <= ID_MAX;
  }

  private static String noObject(String json) {
    return json.stripLeading().startsWith("[")
        ? "Batches are not taken: send one message a request"
        : "A message is an object";
  }

  private static Refused refused(Optional<Object> id, String message) {
    return new Refused(id, RpcError.invalidRequest(message));
  }
}
