package dev.aidb.limits;

import org.jspecify.annotations.Nullable;

/**
 * The logs of a part of the clients: an open-addressed table with linear probing over the hash's
 * bits, since objects for entries and keys would take more memory than most logs. Not thread-safe.
 */
final class ClientTable {
  private static final int CAPACITY_MIN = 16;

  private long[] hashes = new long[2 * CAPACITY_MIN]; // in pairs, high and low
  private @Nullable SlidingLog[] logs = new SlidingLog[CAPACITY_MIN];
  private int size;

  @Nullable SlidingLog find(ClientHash client) {
    return logs[slot(client.high(), client.low())];
  }

  /** Adds the log of a client that isn't there. */
  void put(ClientHash client, SlidingLog log) {
    if ((size + 1) * 4 > logs.length * 3) {
      rebuild(logs.length * 2);
    }
    insert(client.high(), client.low(), log);
  }

  private void insert(long high, long low, SlidingLog log) {
    int slot = slot(high, low);
    hashes[2 * slot] = high;
    hashes[2 * slot + 1] = low;
    logs[slot] = log;
    size++;
  }

  /** Where the client is, or would go. */
  private int slot(long high, long low) {
    int mask = logs.length - 1;
    int slot = (int) low & mask;
    while ((hashes[2 * slot + 1] != low || hashes[2 * slot] != high) && logs[slot] != null) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** What a sweep gave back. */
  record Swept(int clients, long places) {}

  /** Forgets the clients of which nothing is left after that moment, and room that isn't needed. */
  Swept sweep(long last) {
    int idle = 0;
    long places = 0;
    for (int slot = 0; slot < logs.length; slot++) {
      SlidingLog log = logs[slot];
      if (log != null) {
        log.expire(last);
        if (log.isEmpty()) {
          logs[slot] = null; // probing is broken until the rebuild below
          places += log.capacity();
          idle++;
        } else {
          places += log.shrink();
        }
      }
    }
    if (idle > 0) {
      rebuild(capacityFor(size - idle));
    }
    return new Swept(idle, places);
  }

  private static int capacityFor(int clients) {
    return Math.max(CAPACITY_MIN, Integer.highestOneBit(Math.max(1, clients * 2 - 1)) * 2);
  }

  private void rebuild(int capacity) {
    long[] oldHashes = hashes;
    @Nullable SlidingLog[] oldLogs = logs;
    hashes = new long[2 * capacity];
    logs = new SlidingLog[capacity];
    size = 0;
    for (int slot = 0; slot < oldLogs.length; slot++) {
      SlidingLog log = oldLogs[slot];
      if (log != null) {
        insert(oldHashes[2 * slot], oldHashes[2 * slot + 1], log);
      }
    }
  }
}
