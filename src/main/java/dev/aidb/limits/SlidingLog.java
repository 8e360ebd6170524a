package dev.aidb.limits;

import dev.aidb.operation.Allowance;

/**
 * The moments at which one client's units were admitted, as far as they are within the longest
 * window; a ring that grows as needed. Not thread-safe.
 *
 * <p>Moments are microseconds on any scale that doesn't run backwards. A unit takes 4 bytes: only
 * the newest moment is kept whole, and every other one lies less than 2<sup>32</sup> µs before it.
 */
final class SlidingLog {
  private static final int FIRST_CAPACITY = 4;

  private int[] ring = new int[FIRST_CAPACITY];
  private int head;
  private int size;
  private long newest;

  /**
   * Whether so many units fit, and how the client stands then; charges nothing. The decision is
   * made as if the units would be charged at once by {@link #add}.
   *
   * @param now the present moment
   * @param units at least 1, at most what either window admits
   */
  Decision judge(long now, int units, Windows windows, Allowance allowance) {
    expire(now - windows.hour());
    int inMinute = since(now - windows.minute());
    boolean minuteFits = fits(inMinute, units, allowance.perMinute());
    boolean hourFits = fits(size, units, allowance.perHour());
    int charged = minuteFits && hourFits ? units : 0;
    return new Decision(
        standing(now, inMinute, windows.minute(), allowance.perMinute(), units, charged),
        standing(now, size, windows.hour(), allowance.perHour(), units, charged));
  }

  private static boolean fits(int taken, int units, int limit) {
    return taken <= limit - units;
  }

  private Standing standing(long now, int taken, long length, int limit, int units, int charged) {
    boolean refused = !fits(taken, units, limit);
    long moreIn = 0;
    if (refused) {
      // As many of the oldest must leave the window as the new units are too many.
      moreIn = at(size - taken + (taken - (limit - units)) - 1) + length - now;
    } else if (taken > 0) {
      moreIn = at(size - taken) + length - now;
    } else if (charged > 0) {
      moreIn = length;
    }
    return new Standing(limit, Math.max(0, limit - taken - charged), moreIn, refused);
  }

  /** How many further places {@link #add} would need. */
  int growth(int units) {
    return capacityFor(units) - ring.length;
  }

  /** Charges units; what {@link #judge} expired must have been up to date. */
  void add(long moment, int units) {
    grow(units);
    long stamp = size == 0 ? moment : Math.max(moment, newest);
    newest = stamp;
    for (int i = 0; i < units; i++) {
      ring[place(size)] = (int) stamp;
      size++;
    }
  }

  private void grow(int units) {
    int capacity = capacityFor(units);
    if (capacity > ring.length) {
      resize(capacity);
    }
  }

  private int capacityFor(int units) {
    int needed = size + units;
    if (needed <= ring.length) {
      return ring.length;
    }
    return Math.max(needed, ring.length + Math.max(FIRST_CAPACITY, ring.length / 2));
  }

  private void resize(int capacity) {
    int[] larger = new int[capacity];
    int untilEnd = Math.min(size, ring.length - head);
    System.arraycopy(ring, head, larger, 0, untilEnd);
    System.arraycopy(ring, 0, larger, untilEnd, size - untilEnd);
    ring = larger;
    head = 0;
  }

  /** Gives up room that a client needed when it asked more; says how many places that were. */
  int shrink() {
    int before = ring.length;
    if (before > FIRST_CAPACITY && size <= before / 4) {
      resize(Math.max(FIRST_CAPACITY, size));
    }
    return before - ring.length;
  }

  /** Forgets what was admitted at that moment or before. */
  void expire(long last) {
    if (size > 0 && newest <= last) {
      size = 0;
      head = 0;
    }
    while (size > 0 && at(0) <= last) {
      head = head + 1 == ring.length ? 0 : head + 1;
      size--;
    }
  }

  /** How many units were admitted after that moment. */
  private int since(long last) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle) <= last) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return size - low;
  }

  private long at(int index) {
    return newest - Integer.toUnsignedLong((int) newest - ring[place(index)]);
  }

  private int place(int index) {
    int place = head + index;
    return place >= ring.length ? place - ring.length : place;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The places it takes, used or not. */
  int capacity() {
    return ring.length;
  }
}
