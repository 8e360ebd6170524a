package dev.aidb.gc;

import java.util.Locale;

/** Why a record is in a plan. */
public enum Reason {
  /** Old, of low value and out of use. */
  EXPIRED,
  /** Among the lowest of too many. */
  LOW_VALUE,
  /** Its query is nearly that of a better one. */
  DUPLICATE,
  /** An index entry that has no row. */
  ORPHAN,
  /** A row that has no index entry; it is indexed. */
  UNINDEXED;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Reason of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }

  /** Whether a solution is removed for it. */
  boolean forgets() {
    return switch (this) {
      case EXPIRED, LOW_VALUE, DUPLICATE -> true;
      case ORPHAN, UNINDEXED -> false;
    };
  }
}
