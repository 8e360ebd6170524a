package dev.aidb.index.lucene;

/**
 * The directory holds something that isn't an intact index of this format. The index is a
 * projection: {@link LuceneIndex#wipe} it and fill it anew.
 */
public final class IndexUnusable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why an index can't be used. */
  public enum Reason {
    /** Files are missing, cut short or fail their checksums. */
    CORRUPT,
    /** It was written by another version of the format. */
    OTHER_FORMAT
  }

  private final Reason reason;

  IndexUnusable(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  IndexUnusable(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it can't be used. */
  public Reason reason() {
    return reason;
  }
}
