package dev.aidb.issues;

import java.util.Locale;

/** How bad an issue is, from the worst. */
public enum Severity {
  CRITICAL,
  HIGH,
  MEDIUM,
  LOW,
  INFO;

  /** As it is stored and written. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Severity of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
