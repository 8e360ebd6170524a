package dev.aidb.mcp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The revisions of the protocol that are spoken, the newest first. */
enum Revision {
  /** Every request carries what it needs; there is no handshake. */
  STATELESS("2026-07-28"),
  /** Begins with {@code initialize}. */
  LATEST_WITH_HANDSHAKE("2025-11-25"),
  /** Begins with {@code initialize}. */
  FIRST_WITH_HANDSHAKE("2025-06-18");

  private final String date;

  Revision(String date) {
    this.date = date;
  }

  /** The name on the wire. */
  String date() {
    return date;
  }

  /** Whether every request carries its own metadata. */
  boolean isStateless() {
    return this == STATELESS;
  }

  static Optional<Revision> of(String date) {
    return Arrays.stream(values()).filter(revision -> revision.date.equals(date)).findFirst();
  }

  static List<String> dates() {
    return Arrays.stream(values()).map(Revision::date).toList();
  }
}
