package dev.aidb.log;

import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Sets java.util.logging up for the whole process. */
public final class Logging {
  /** Libraries whose news at the start is noise to the operator. */
  private static final List<String> QUIET =
      List.of(
          "io.helidon",
          "com.zaxxer.hikari",
          "org.flywaydb",
          "org.hibernate",
          "org.jdbi",
          "org.postgresql",
          "org.apache.lucene",
          "jdk.internal.httpclient");

  /** Held for ever, because the log manager forgets the levels of loggers nobody holds. */
  private static final List<Logger> HELD = QUIET.stream().map(Logger::getLogger).toList();

  private Logging() {}

  /** What a line looks like. */
  public enum Form {
    /** Readable lines on a terminal, JSON elsewhere. */
    AUTO,
    TEXT,
    JSON
  }

  /**
   * Replaces whatever handlers there are by one on standard error. May be called again, when the
   * configuration is known.
   */
  public static void configure(Form form, System.Logger.Level level) {
    LogManager.getLogManager().reset();
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(formatter(form));
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(toJul(level));
    for (Logger library : HELD) {
      library.setLevel(Level.WARNING);
    }
  }

  static Formatter formatter(Form form) {
    return switch (form) {
      case AUTO -> isTerminal() ? new TextFormatter() : new JsonFormatter();
      case TEXT -> new TextFormatter();
      case JSON -> new JsonFormatter();
    };
  }

  @SuppressWarnings("SystemConsoleNull") // java.base's own console may still be null
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  private static Level toJul(System.Logger.Level level) {
    return switch (level) {
      case ALL -> Level.ALL;
      case TRACE -> Level.FINER;
      case DEBUG -> Level.FINE;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARNING;
      case ERROR -> Level.SEVERE;
      case OFF -> Level.OFF;
    };
  }

  /** The name of a level in the words of {@link System.Logger}. */
  static String name(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    } else if (value >= Level.WARNING.intValue()) {
      return "WARNING";
    } else if (value >= Level.CONFIG.intValue()) {
      return "INFO";
    }
    return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
  }
}
