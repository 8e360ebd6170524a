package dev.aidb.projection;

import java.util.UUID;

/**
 * A record that stands on one side only: in the index, or among the searchable rows.
 *
 * @param side where it stands
 */
public record Unmatched(String collection, UUID id, Side side) {
  /** A side of the comparison. */
  public enum Side {
    /** The index has an entry, and no searchable row is left. */
    ENTRY,
    /** There is a searchable row, and the index has no entry. */
    ROW
  }
}
