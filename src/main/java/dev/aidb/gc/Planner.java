package dev.aidb.gc;

import dev.aidb.similarity.Survivors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Decides what is forgotten. Pure: the same solutions and the same moment give the same plan, be it
 * for a dry run or for one that removes.
 */
final class Planner {
  private final Rules rules;

  Planner(Rules rules) {
    this.rules = rules;
  }

  /** Whether a solution has expired at that moment. */
  boolean isExpired(Standing solution, Instant now) {
    Instant limit = now.minus(rules.maxAge());
    return !solution.pinned()
        && solution.value() < rules.minValueScore()
        && solution.created().isBefore(limit)
        && solution.unusedSince(limit);
  }

  /** What goes for itself: the expired, and the lowest of the others when those are too many. */
  List<Removal> retired(List<Standing> all, Set<Task> tasks, Instant now) {
    List<Removal> retired = new ArrayList<>();
    List<Standing> left = new ArrayList<>(all.size());
    for (Standing solution : all) {
      if (tasks.contains(Task.EXPIRED) && isExpired(solution, now)) {
        retired.add(Removal.of(solution, Reason.EXPIRED));
      } else {
        left.add(solution);
      }
    }
    if (tasks.contains(Task.LOW_VALUE) && left.size() > rules.maxSolutions()) {
      left.stream()
          .filter(solution -> !solution.pinned())
          .sorted(Standing.LOWEST_FIRST)
          .limit((long) left.size() - rules.kept())
          .forEach(solution -> retired.add(Removal.of(solution, Reason.LOW_VALUE)));
    }
    return retired;
  }

  /**
   * Those that near-duplicates are looked for among, in the order in which they survive. What waits
   * for approval, or was refused, is left alone: searches would lose the one that they find.
   */
  List<Standing> contenders(List<Standing> all, List<Removal> retired) {
    Set<UUID> gone = HashSet.newHashSet(retired.size());
    retired.forEach(removal -> gone.add(removal.id()));
    return all.stream()
        .filter(solution -> solution.approved() && !gone.contains(solution.id()))
        .sorted(Standing.SURVIVAL)
        .toList();
  }

  /** How many contenders at the beginning are pinned, and fall to nobody. */
  static int safe(List<Standing> contenders) {
    int safe = 0;
    while (safe < contenders.size() && contenders.get(safe).pinned()) {
      safe++;
    }
    return safe;
  }

  /**
   * The contenders that fall to a better one, those of one survivor side by side.
   *
   * @param survivors whom each contender falls to, in their order
   */
  static List<Removal> duplicates(List<Standing> contenders, Survivors survivors) {
    SortedMap<Integer, List<Removal>> fallen = new TreeMap<>();
    for (int i = 0; i < contenders.size(); i++) {
      int to = survivors.indexes()[i];
      if (to != i) {
        UUID survivor = contenders.get(to).id();
        fallen
            .computeIfAbsent(to, number -> new ArrayList<>())
            .add(Removal.duplicate(contenders.get(i), survivor, survivors.cosines()[i]));
      }
    }
    return fallen.values().stream().flatMap(List::stream).toList();
  }
}
