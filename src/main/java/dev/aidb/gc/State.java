package dev.aidb.gc;

/** Where a run is. */
public enum State {
  /** It is being decided what to do; nothing was removed yet. */
  PLANNING,
  /** The plan is stored, and being carried out. */
  RUNNING,
  /** It has ended: everything planned was done, or skipped because it had changed; or a dry run. */
  DONE,
  /** It would have removed more than it may, so it removed nothing. */
  REFUSED,
  /** It ended early; what it had done by then is done. */
  FAILED;

  String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static State of(String wireName) {
    return valueOf(wireName.toUpperCase(java.util.Locale.ROOT));
  }

  /** Whether there is more to come. */
  boolean open() {
    return this == PLANNING || this == RUNNING;
  }
}
