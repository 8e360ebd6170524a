package dev.aidb.operation;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** Says why a text is no JSON in words of its own: the parser's messages echo the input. */
final class Malformed {
  private Malformed() {}

  static AidbException at(JsonParser parser, String reason) {
    return at(parser.currentTokenLocation(), reason, null);
  }

  /**
   * The failure for what the parser threw.
   *
   * @throws UncheckedIOException when the text could not be read at all
   */
  static AidbException because(JacksonException e) {
    if (e instanceof JacksonIOException && e.getCause() instanceof IOException cause) {
      if (cause instanceof CharacterCodingException) {
        return new AidbException(
            ErrorCode.MALFORMED_JSON,
            "Malformed JSON: the text is not UTF-8 without a byte order mark");
      }
      throw new UncheckedIOException(cause);
    }
    return at(e.getLocation(), reason(e), e);
  }

  private static AidbException at(
      @Nullable TokenStreamLocation where, String reason, @Nullable Throwable cause) {
    int line = where == null ? 1 : Math.max(1, where.getLineNr());
    int column = where == null ? 1 : Math.max(1, where.getColumnNr());
    return new AidbException(
        ErrorCode.MALFORMED_JSON,
        "Malformed JSON: " + reason + " at line " + line + ", column " + column,
        cause);
  }

  /** Jackson has no codes: its fixed first words tell the kinds apart. */
  private static String reason(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (e instanceof StreamConstraintsException) {
      if (message.startsWith("Document nesting depth")) {
        return "nested deeper than " + Json.MAX_DEPTH + " levels";
      }
      if (message.startsWith("Number value length")) {
        return "a number has more than " + Json.MAX_NUMBER + " characters";
      }
      return message.startsWith("Name")
          ? "a field name has more than " + Json.MAX_NAME + " characters"
          : "a text is too long";
    }
    if (e instanceof UnexpectedEndOfInputException) {
      return "unexpected end";
    }
    return message.startsWith("Duplicate") ? "a field occurs twice" : "unexpected character";
  }
}
