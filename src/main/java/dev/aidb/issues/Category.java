package dev.aidb.issues;

import java.util.Locale;

/** What an issue is about. */
public enum Category {
  DATABASE,
  NETWORK,
  AUTHENTICATION,
  CONFIGURATION,
  PERFORMANCE,
  RESOURCE,
  VALIDATION,
  INTEGRATION,
  DEPLOYMENT,
  UNKNOWN;

  /** As it is stored and written. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Category of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
