package dev.aidb.index;

import java.util.UUID;

/** A change to one record, carrying the version of the row that caused it. */
public sealed interface IndexChange {
  UUID id();

  long version();

  /** The record is as given. */
  record Put(IndexedRecord record) implements IndexChange {
    @Override
    public UUID id() {
      return record.id();
    }

    @Override
    public long version() {
      return record.version();
    }
  }

  /** The record is gone, or not to be searched. */
  record Remove(UUID id, long version) implements IndexChange {}
}
