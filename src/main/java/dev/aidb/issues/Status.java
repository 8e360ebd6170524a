package dev.aidb.issues;

import java.util.Locale;

/** Where an issue is in its life. */
public enum Status {
  OPEN,
  INVESTIGATING,
  IN_PROGRESS,
  RESOLVED,
  WONT_FIX,
  DUPLICATE;

  /** Whether nobody is to do anything about it any more. */
  boolean closed() {
    return switch (this) {
      case OPEN, INVESTIGATING, IN_PROGRESS -> false;
      case RESOLVED, WONT_FIX, DUPLICATE -> true;
    };
  }

  /** As it is stored and written. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Status of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
