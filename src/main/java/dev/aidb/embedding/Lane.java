package dev.aidb.embedding;

import java.util.Locale;

/** Who waits for an embedding; each lane has a queue and workers of its own. */
public enum Lane {
  /** A query that somebody waits for: refused at once when there is too much of it. */
  INTERACTIVE,
  /** Documents being stored: its callers wait for their turn. */
  BULK;

  /** The value of metric labels. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
