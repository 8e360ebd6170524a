package dev.aidb.documents;

import java.util.Locale;

/** Whether a document may be found by a search. */
public enum Status {
  APPROVED,
  PENDING,
  REJECTED;

  /** Its name to clients and in the database. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status of that {@link #wireName}. */
  public static Status of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
