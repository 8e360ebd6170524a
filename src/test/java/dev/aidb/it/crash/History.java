package dev.aidb.it.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was done to one path by any number of writers, and so what may stand there once all is
 * quiet: the state of a write that no acknowledged write began after. Thread-safe.
 */
final class History {
  /** The state of a path where nothing stands. */
  static final long ABSENT = 0;

  private static final class Write {
    private final long state;
    private final long began;
    private OptionalLong ended = OptionalLong.empty();
    private boolean acknowledged;

    private Write(long state, long began) {
      this.state = state;
      this.began = began;
    }
  }

  /** A write under way; ends by one of its methods. */
  final class Open {
    private final Write write;

    private Open(Write write) {
      this.write = write;
    }

    void acknowledged() {
      end(write, true);
    }

    /**
     * It was refused, or nothing was heard: it may have happened or not, but not later than now.
     */
    void unknown() {
      end(write, false);
    }
  }

  private final List<Write> writes = new ArrayList<>();

  History() {
    settle(ABSENT);
  }

  /** A write of that state begins: a version, or {@link #ABSENT} for a deletion. */
  synchronized Open begin(long state) {
    Write write = new Write(state, System.nanoTime());
    writes.add(write);
    return new Open(write);
  }

  private synchronized void end(Write write, boolean acknowledged) {
    write.ended = OptionalLong.of(System.nanoTime());
    write.acknowledged = acknowledged;
  }

  /** Whether that state may stand there, when no write is under way. */
  synchronized boolean allows(long state) {
    return writes.stream().anyMatch(w -> w.state == state && !isOvertaken(w));
  }

  private boolean isOvertaken(Write write) {
    long ended = write.ended.orElse(Long.MAX_VALUE);
    return writes.stream().anyMatch(later -> later.acknowledged && later.began - ended > 0);
  }

  /** That state was found there: what came before doesn't matter any more. */
  synchronized void settle(long state) {
    writes.clear();
    Write found = new Write(state, System.nanoTime());
    writes.add(found);
    end(found, true);
  }

  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder();
    for (Write w : writes) {
      text.append(w.state).append(w.acknowledged ? "! " : "? ");
    }
    return text.toString();
  }
}
