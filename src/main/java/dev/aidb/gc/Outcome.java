package dev.aidb.gc;

/** What became of a record that was to be brought back. */
public enum Outcome {
  /** It is there again. */
  RESTORED,
  /** Something that is there now has its id, its path or its contents. */
  CONFLICT,
  /** It was removed so long ago that its tombstone is gone. */
  PURGED,
  /** It was never removed, or is back already. */
  UNKNOWN
}
