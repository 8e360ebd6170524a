package dev.aidb.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A value as someone wrote it, before it is understood.
 *
 * @param values the text; several for a list
 * @param shape how it was written
 * @param base the folder that a relative path starts from
 * @param source where it stands, for people
 */
record Setting(List<String> values, Shape shape, Path base, String source) {
  /** How a value was written. */
  enum Shape {
    /** One value of a file. */
    SCALAR,
    /** A sequence of a file. */
    LIST,
    /** A file says that there is no value. */
    NOTHING,
    /** A flag's or variable's text; commas separate the elements of a list. */
    TEXT,
    /** A secret itself, out of the environment, where a file's key would name a file. */
    SECRET
  }

  Setting {
    values = List.copyOf(values);
  }

  static Setting text(String value, Path base, String source) {
    return new Setting(List.of(value), Shape.TEXT, base, source);
  }

  String single() {
    return values.isEmpty() ? "" : values.getFirst();
  }
}
