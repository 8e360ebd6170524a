package dev.aidb.log;

import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One JSON object per line; written by hand, so that logging needs no library. */
final class JsonFormatter extends Formatter {
  @Override
  public String format(LogRecord event) {
    StringBuilder line = new StringBuilder(256).append('{');
    field(line, "time", event.getInstant().toString());
    field(line, "level", Logging.name(event.getLevel()));
    field(line, "logger", String.valueOf(event.getLoggerName()));
    field(line, "message", Failures.cut(formatMessage(event)));
    LogContext.requestId().ifPresent(id -> field(line, "request_id", id));
    if (event.getThrown() != null) {
      field(line, "exception", Failures.compact(event.getThrown()));
    }
    return line.append("}\n").toString();
  }

  private static void field(StringBuilder line, String name, String value) {
    if (line.length() > 1) {
      line.append(',');
    }
    line.append('"').append(name).append("\":");
    text(line, value);
  }

  private static void text(StringBuilder line, String value) {
    line.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          // C1 controls and the two line separators of Unicode can upset a terminal or a reader.
          if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
            line.append("\\u%04x".formatted((int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }
}
