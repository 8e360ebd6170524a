package dev.aidb.model;

import dev.aidb.gc.Rules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a night must do to a set of solutions: the rules of forgetting once more, in the plainest
 * way, pair by pair and in memory.
 *
 * @param gone every solution that goes
 * @param left those that are left, as they stand then
 */
record Forecast(Map<UUID, Gone> gone, Map<UUID, Known> left) {

  /**
   * @param survivor for a duplicate
   */
  record Gone(Known last, String reason, Optional<UUID> survivor) {}

  static Forecast of(Collection<Known> all, Rules rules, Instant now, ClusterModel model) {
    Map<UUID, Gone> gone = new HashMap<>();
    Map<UUID, Known> left = new HashMap<>();
    all.forEach(one -> left.put(one.id(), one));
    Instant limit = now.minus(rules.maxAge());
    for (Known one : all) {
      boolean idle = one.lastUsed().map(at -> at.isBefore(limit)).orElse(true);
      boolean old = one.created().isBefore(limit);
      if (!one.pinned() && one.value() < rules.minValueScore() && old && idle) {
        go(one, "expired", Optional.empty(), left, gone);
      }
    }
    if (left.size() > rules.maxSolutions()) {
      long kept = Math.round(Math.floor(rules.keepRatio() * rules.maxSolutions() + 1e-9));
      List<Known> lowest =
          new ArrayList<>(left.values().stream().filter(one -> !one.pinned()).toList());
      lowest.sort(
          Comparator.comparingDouble(Known::value)
              .thenComparing(one -> one.lastUsed().orElse(Instant.MIN))
              .thenComparing(Known::created)
              .thenComparing(one -> one.id().toString()));
      for (Known one : lowest) {
        if (left.size() > kept) {
          go(one, "low_value", Optional.empty(), left, gone);
        }
      }
    }
    merge(rules, model, gone, left);
    return new Forecast(gone, left);
  }

  private static void merge(
      Rules rules, ClusterModel model, Map<UUID, Gone> gone, Map<UUID, Known> left) {
    List<Known> best = new ArrayList<>(left.values());
    best.sort(
        Comparator.comparing((Known one) -> one.pinned())
            .thenComparingDouble(Known::value)
            .thenComparingLong(Known::uses)
            .reversed()
            .thenComparing(Known::created)
            .thenComparing(one -> one.id().toString()));
    List<UUID> survivors = new ArrayList<>();
    Map<UUID, float[]> vectors = new HashMap<>();
    for (Known one : best) {
      float[] vector = model.vector(one.query());
      Optional<UUID> survivor =
          one.pinned()
              ? Optional.empty()
              : survivors.stream()
                  .filter(other ->
                      ClusterModel.cosine(vectors.getOrDefault(other, new float[0]), vector)
                          > rules.deduplicateSimilarity())
                  .findFirst();
      if (survivor.isEmpty()) {
        survivors.add(one.id());
        vectors.put(one.id(), vector);
      } else {
        go(one, "duplicate", survivor, left, gone);
        left.computeIfPresent(survivor.get(), (id, heir) -> heir.absorbing(one));
      }
    }
  }

  private static void go(
      Known one,
      String reason,
      Optional<UUID> survivor,
      Map<UUID, Known> left,
      Map<UUID, Gone> gone) {
    left.remove(one.id());
    gone.put(one.id(), new Gone(one, reason, survivor));
  }

  /** Whether a run refuses to do that much, unless it is forced. */
  boolean tooMuch(Rules rules) {
    return gone.size() > allowed(rules, gone.size() + left.size());
  }

  static long allowed(Rules rules, long of) {
    return Math.max(rules.maxDeleteFloor(), (long) Math.floor(rules.maxDeleteFraction() * of));
  }
}
