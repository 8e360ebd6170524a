package dev.aidb.store;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What a reading of the change log gives. */
public sealed interface LogPage {

  /**
   * The entries after the asked position, in order; fewer than asked for, or none, when the rest
   * isn't written or not yet safe to read.
   */
  record Entries(List<Logged> entries) implements LogPage {
    public Entries {
      entries = List.copyOf(entries);
    }
  }

  /**
   * The log has been cut above the asked position: what lay between is gone, so the follower must
   * rebuild from the rows.
   *
   * @param floor the position the log now begins after
   */
  record BelowFloor(LogPosition floor) implements LogPage {}

  /**
   * One entry: look at that record again.
   *
   * @param version the row's version when it was written
   * @param createdAt when its transaction began
   */
  record Logged(
      LogPosition position, String collection, UUID recordId, long version, Instant createdAt) {}
}
