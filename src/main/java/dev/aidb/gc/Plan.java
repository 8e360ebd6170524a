package dev.aidb.gc;

import dev.aidb.projection.Unmatched;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a run is about to do.
 *
 * @param solutions how many there are
 * @param removals the solutions that go, in order
 * @param unmatched index entries and rows that lack each other
 * @param entries how many entries the index holds, by collection
 * @param problem what could not be planned; empty when all could
 */
record Plan(
    long solutions,
    List<Removal> removals,
    List<Unmatched> unmatched,
    Map<String, Long> entries,
    String problem) {
  /** The collection that solutions are stored in. */
  static final String COLLECTION = "solved_issues";

  /** The steps in the order in which they are done. */
  List<Item> items() {
    List<Item> items = new ArrayList<>(removals.size() + unmatched.size());
    for (Removal removal : removals) {
      items.add(
          new Item(
              items.size(),
              removal.reason(),
              removal.id(),
              COLLECTION,
              removal.survivor(),
              removal.similarity(),
              removal.value(),
              removal.lastUsed()));
    }
    for (Unmatched.Side side : Unmatched.Side.values()) {
      for (Unmatched one : unmatched) {
        if (one.side() == side) {
          items.add(item(items.size(), one));
        }
      }
    }
    return items;
  }

  private static Item item(int number, Unmatched one) {
    return new Item(
        number, reason(one), one.id(), one.collection(), Optional.empty(), 0, 0, Optional.empty());
  }

  private static Reason reason(Unmatched one) {
    return switch (one.side()) {
      case ENTRY -> Reason.ORPHAN;
      case ROW -> Reason.UNINDEXED;
    };
  }

  Map<Reason, Run.Total> totals() {
    Map<Reason, Run.Total> totals = new EnumMap<>(Reason.class);
    removals.forEach(removal -> count(totals, removal.reason()));
    unmatched.forEach(one -> count(totals, reason(one)));
    return totals;
  }

  private static void count(Map<Reason, Run.Total> totals, Reason reason) {
    totals.merge(
        reason, new Run.Total(1, 0, 0), (a, b) -> new Run.Total(a.planned() + b.planned(), 0, 0));
  }

  /** Why this is more than may be done without being forced; empty when it isn't. */
  Optional<String> excess(Rules rules) {
    if (removals.size() > rules.mayRemove(solutions)) {
      return Optional.of(
          "%d of %d solutions would be removed, more than the %d that may be without force"
              .formatted(removals.size(), solutions, rules.mayRemove(solutions)));
    }
    Map<String, Long> orphans = new HashMap<>();
    for (Unmatched one : unmatched) {
      if (one.side() == Unmatched.Side.ENTRY) {
        orphans.merge(one.collection(), 1L, Long::sum);
      }
    }
    for (Map.Entry<String, Long> each : orphans.entrySet()) {
      long all = entries.getOrDefault(each.getKey(), 0L);
      if (each.getValue() > rules.mayRemove(all)) {
        return Optional.of(
            "%d of %d index entries of %s have no row, more than the %d that may be removed without force"
                .formatted(each.getValue(), all, each.getKey(), rules.mayRemove(all)));
      }
    }
    return Optional.empty();
  }
}
