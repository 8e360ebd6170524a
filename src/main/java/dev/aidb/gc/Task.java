package dev.aidb.gc;

import java.util.Locale;

/** What a run can be asked to do, in the order in which it does it. */
public enum Task {
  /** Removes what is old, of low value and out of use. */
  EXPIRED,
  /** Removes the lowest when there are more solutions than may be kept. */
  LOW_VALUE,
  /** Merges solutions of nearly the same query into the best of them. */
  DUPLICATE,
  /** Removes index entries without a row, and has rows without an entry indexed. */
  ORPHAN;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Task of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
