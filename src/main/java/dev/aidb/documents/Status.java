package dev.aidb.documents;

import java.util.Locale;

/** Whether a document may be found by a search. */
public enum Status {
  APPROVED,
  PENDING,
  REJECTED;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Status of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
