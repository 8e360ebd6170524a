package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Percent-decoding of paths and query strings (RFC 3986), strict about UTF-8. */
final class Percent {
  private Percent() {}

  /** One path segment; a plus sign is a plus sign. */
  static String decode(String segment) {
    return segment.indexOf('%') < 0 ? segment : decode(segment, false);
  }

  /**
   * The parameters of a query string in the order of their first appearance; there a plus sign is a
   * space (HTML forms).
   */
  static Map<String, List<String>> parameters(String query) {
    if (query.isEmpty()) {
      return Map.of();
    }
    Map<String, List<String>> all = new LinkedHashMap<>();
    int start = 0;
    while (start <= query.length()) {
      int end = query.indexOf('&', start);
      end = end < 0 ? query.length() : end;
      if (end > start) {
        String pair = query.substring(start, end);
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
        all.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
    return all;
  }

  private static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
      return text;
    }
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[raw.length];
    int n = 0;
    for (int i = 0; i < raw.length; i++) {
      byte b = raw[i];
      if (b == '%') {
        if (i + 2 >= raw.length) {
          throw malformed();
        }
        int high = Character.digit(raw[i + 1], 16);
        int low = Character.digit(raw[i + 2], 16);
        if (high < 0 || low < 0) {
          throw malformed();
        }
        b = (byte) (high << 4 | low);
        i += 2;
      } else if (b == '+' && plusIsSpace) {
        b = ' ';
      }
      out[n++] = b;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(out, 0, n)).toString();
    } catch (CharacterCodingException e) {
      throw malformed();
    }
  }

  private static AidbException malformed() {
    return new AidbException(
        ErrorCode.BAD_REQUEST, "The address is not percent-encoded UTF-8 (RFC 3986)");
  }
}
