package dev.aidb.log;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One readable line per event; control characters can't forge another. */
final class TextFormatter extends Formatter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  @Override
  public String format(LogRecord event) {
    StringBuilder line = new StringBuilder(160);
    line.append(TIME.format(event.getInstant()));
    line.append(' ').append(Logging.name(event.getLevel())).append(' ');
    String logger = String.valueOf(event.getLoggerName());
    line.append(logger.substring(logger.lastIndexOf('.') + 1)).append(": ");
    line.append(plain(Failures.cut(formatMessage(event))));
    LogContext.requestId().ifPresent(id -> line.append(" [").append(id).append(']'));
    if (event.getThrown() != null) {
      line.append(" | ").append(plain(Failures.compact(event.getThrown())));
    }
    return line.append(System.lineSeparator()).toString();
  }

  private static String plain(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }
}
