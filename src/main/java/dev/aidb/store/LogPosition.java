package dev.aidb.store;

import java.util.Comparator;

/**
 * A place in the change log, ordered by the writing transaction, then by sequence. Comparable only
 * within one {@linkplain ChangeLog#generation() generation}.
 *
 * @param xid PostgreSQL's 64-bit transaction id, 0 before any
 * @param sequence the entry's number
 */
public record LogPosition(long xid, long sequence) implements Comparable<LogPosition> {
  /** Before every entry. */
  public static final LogPosition START = new LogPosition(0, 0);

  private static final Comparator<LogPosition> ORDER =
      Comparator.comparingLong(LogPosition::xid).thenComparingLong(LogPosition::sequence);

  public LogPosition {
    if (xid < 0 || sequence < 0) {
      throw new IllegalArgumentException("a log position isn't negative");
    }
  }

  @Override
  public int compareTo(LogPosition other) {
    return ORDER.compare(this, other);
  }
}
