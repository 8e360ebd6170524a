package dev.aidb.projection;

import dev.aidb.index.VectorIndex;
import dev.aidb.projection.Projection.Verification;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A comparison of an index with the rows, collection by collection, while both change.
 *
 * <p>Index and rows can't be read at one moment, so a write between the two readings looks like a
 * difference. What differs is looked at again after the index has caught up with the log, and only
 * what is exactly as it was then, the same versions on both sides, is broken.
 */
final class Comparison {
  /** A large collection is compared in parts of about so many entries, each kept in memory. */
  private static final int PART = 200_000;

  private static final long NONE = 0;

  private final VectorIndex index;
  private final Rows rows;
  private final Runnable catchUp;
  private final Consumer<Set<UUID>> mend;
  private long compared;
  private long missing;
  private long stale;
  private long orphans;

  Comparison(VectorIndex index, Rows rows, Runnable catchUp, Consumer<Set<UUID>> mend) {
    this.index = index;
    this.rows = rows;
    this.catchUp = catchUp;
    this.mend = mend;
  }

  /** The version on each side, {@link #NONE} where there is none. */
  private record Difference(long indexed, long row) {}

  void compare(String collection) {
    int parts = parts(collection);
    compared += rows.count(collection);
    for (int part = 0; part < parts; part++) {
      compare(collection, part, parts);
    }
  }

  Verification result() {
    return new Verification(compared, missing, stale, orphans);
  }

  private void compare(String collection, int part, int parts) {
    Map<UUID, Difference> broken = broken(collection, part, parts);
    if (!broken.isEmpty()) {
      broken.values().forEach(this::count);
      mend.accept(broken.keySet());
    }
  }

  /** Hands over what one side of a collection lacks; stale entries are not among it. */
  void unmatched(String collection, Consumer<Unmatched> each) {
    int parts = parts(collection);
    for (int part = 0; part < parts; part++) {
      broken(collection, part, parts)
          .forEach((id, difference) -> {
            if (difference.row == NONE) {
              each.accept(new Unmatched(collection, id, Unmatched.Side.ENTRY));
            } else if (difference.indexed == NONE) {
              each.accept(new Unmatched(collection, id, Unmatched.Side.ROW));
            }
          });
    }
  }

  private int parts(String collection) {
    return Math.toIntExact(1 + Math.max(index.count(collection), rows.count(collection)) / PART);
  }

  private Map<UUID, Difference> broken(String collection, int part, int parts) {
    Map<UUID, Difference> doubtful = differences(collection, part, parts);
    if (doubtful.isEmpty()) {
      return doubtful;
    }
    catchUp.run();
    Map<UUID, Difference> broken = differences(collection, part, parts);
    broken.entrySet().removeIf(e -> !e.getValue().equals(doubtful.get(e.getKey())));
    return broken;
  }

  private void count(Difference difference) {
    if (difference.row == NONE) {
      orphans++;
    } else if (difference.indexed == NONE) {
      missing++;
    } else {
      stale++;
    }
  }

  private Map<UUID, Difference> differences(String collection, int part, int parts) {
    Map<UUID, Long> indexed = new HashMap<>();
    index.entries(
        collection,
        entry -> {
          if (isIn(part, parts, entry.id())) {
            indexed.put(entry.id(), entry.version());
          }
        });
    Map<UUID, Difference> different = new LinkedHashMap<>();
    rows.versions(
        collection,
        (id, version) -> {
          if (isIn(part, parts, id)) {
            Long there = indexed.remove(id);
            if (!version.equals(there)) {
              different.put(id, new Difference(there == null ? NONE : there, version));
            }
          }
        });
    indexed.forEach((id, version) -> different.put(id, new Difference(version, NONE)));
    return different;
  }

  private static boolean isIn(int part, int parts, UUID id) {
    return Math.floorMod(id.hashCode(), parts) == part;
  }
}
