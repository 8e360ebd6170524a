package dev.aidb.documents;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets small writes that come at the same time share a statement and its commit.
 *
 * <p>A write that finds nobody at work goes at once. Those that come while others are at work wait
 * and go together as soon as one of these is done, on the thread of the first of them; so nothing
 * is ever delayed for company. Two writes of the same key are never in one group. When a group
 * fails, each of its writes is tried once more by itself, so that one write's fault is not
 * another's; a write must therefore bear being done twice.
 *
 * <p>Thread-safe. A write waits no longer for its turn than its {@link Deadline}.
 *
 * @param <T> a write
 * @param <R> its result
 */
final class GroupCommit<T, R> {
  /**
   * @param groups groups at work at the same time: while one waits for the disk another can be
   *     prepared
   * @param groupItems the most writes in a group
   * @param waiting the most writes that wait; one more goes by itself
   */
  record Bounds(int groups, int groupItems, int waiting) {}

  private enum Stage {
    WAITING,
    LEADS,
    IN_GROUP,
    DONE
  }

  /** A write on its way; its fields but the stage are written before the stage. */
  private static final class Entry<T, R> {
    private final T item;
    private final Object key;
    private final Thread thread = Thread.currentThread();
    private List<Entry<T, R>> group = List.of();
    private @Nullable R result;
    private volatile Stage stage = Stage.WAITING;

    Entry(T item, Object key) {
      this.item = item;
      this.key = key;
    }

    void become(Stage next) {
      stage = next;
      if (thread != Thread.currentThread()) {
        LockSupport.unpark(thread);
      }
    }
  }

  private final Bounds bounds;
  private final Function<T, ?> key;
  private final Function<List<T>, List<R>> work;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Entry<T, R>> waiting = new ArrayDeque<>();
  private int atWork;

  /**
   * @param key what two writes of a group must not have in common
   * @param work does a group's writes and commits, all or none; its results are in their order
   */
  GroupCommit(Bounds bounds, Function<T, ?> key, Function<List<T>, List<R>> work) {
    this.bounds = bounds;
    this.key = key;
    this.work = work;
  }

  /**
   * Does a write, and returns when it is committed.
   *
   * @throws AidbException DEADLINE_EXCEEDED when its turn didn't come in time, nothing being done
   * @throws RuntimeException what the work throws
   */
  R submit(T item) {
    Entry<T, R> entry = new Entry<>(item, key.apply(item));
    lock.lock();
    try {
      if (atWork < bounds.groups && waiting.isEmpty()) {
        atWork++;
        entry.group = List.of(entry);
        entry.stage = Stage.LEADS;
      } else if (waiting.size() < bounds.waiting) {
        waiting.add(entry);
      } else {
        entry.stage = Stage.DONE; // in vain: it goes by itself
      }
    } finally {
      lock.unlock();
    }
    await(entry);
    if (entry.stage == Stage.LEADS) {
      lead(entry);
    }
    R result = entry.result;
    return result != null ? result : work.apply(List.of(item)).getFirst();
  }

  /** How many wait for their turn. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the entry is to lead its group or another's leader has done it. */
  private void await(Entry<T, R> entry) {
    boolean interrupted = false;
    while (entry.stage != Stage.LEADS && entry.stage != Stage.DONE) {
      if (entry.stage == Stage.IN_GROUP) {
        LockSupport.park(this); // its leader's statement ends by a deadline of its own
      } else if (interrupted || overdue()) {
        leave(entry, interrupted);
      } else {
        park();
      }
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean overdue() {
    return Deadline.CURRENT.isBound() && Deadline.CURRENT.get().passed();
  }

  private void park() {
    if (Deadline.CURRENT.isBound()) {
      LockSupport.parkNanos(this, Math.max(1, Deadline.CURRENT.get().remaining().toNanos()));
    } else {
      LockSupport.park(this);
    }
  }

  /** Gives up unless the entry's turn has come just now. */
  private void leave(Entry<T, R> entry, boolean interrupted) {
    lock.lock();
    try {
      if (!waiting.remove(entry)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping");
    }
    Deadline.CURRENT.get().check();
  }

  private void lead(Entry<T, R> leader) {
    List<Entry<T, R>> group = leader.group;
    try {
      List<R> results = work.apply(group.stream().map(entry -> entry.item).toList());
      for (int i = 0; i < group.size(); i++) {
        group.get(i).result = results.get(i);
      }
    } catch (RuntimeException e) {
      if (group.size() == 1) {
        throw e;
      }
      // Each finds itself without a result and goes by itself.
    } finally {
      handOver();
      group.forEach(entry -> entry.become(Stage.DONE));
    }
  }

  /** Lets those go who wait, in the leader's place. */
  private void handOver() {
    lock.lock();
    try {
      Entry<T, R> next = waiting.poll();
      if (next == null) {
        atWork--;
        return;
      }
      List<Entry<T, R>> group = new ArrayList<>(List.of(next));
      Set<Object> keys = new HashSet<>(List.of(next.key));
      Iterator<Entry<T, R>> others = waiting.iterator();
      while (others.hasNext() && group.size() < bounds.groupItems) {
        Entry<T, R> other = others.next();
        if (keys.add(other.key)) {
          others.remove();
          group.add(other);
          other.stage = Stage.IN_GROUP;
        }
      }
      next.group = group;
      next.become(Stage.LEADS);
    } finally {
      lock.unlock();
    }
  }
}
