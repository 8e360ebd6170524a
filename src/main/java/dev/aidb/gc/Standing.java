package dev.aidb.gc;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * What decides over a solution.
 *
 * @param approved whether searches find it
 */
record Standing(
    UUID id,
    double value,
    long uses,
    Optional<Instant> lastUsed,
    Instant created,
    boolean pinned,
    boolean approved) {

  /** As PostgreSQL orders them: unlike {@link UUID#compareTo}, the halves are unsigned. */
  private static final Comparator<UUID> BY_ID =
      (a, b) -> {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0
            ? high
            : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
      };

  /**
   * The order in which too many are removed: the lowest value first, then what was never used or
   * not for the longest time, then the oldest.
   */
  static final Comparator<Standing> LOWEST_FIRST =
      Comparator.comparingDouble(Standing::value)
          .thenComparing(solution -> solution.lastUsed().orElse(Instant.MIN))
          .thenComparing(Standing::created)
          .thenComparing(Standing::id, BY_ID);

  /**
   * The order in which near-duplicates survive: those that are pinned, then the highest value, then
   * the most used, then the oldest, whose id has been known for the longest time.
   */
  static final Comparator<Standing> SURVIVAL =
      Comparator.comparing(Standing::pinned)
          .reversed()
          .thenComparing(Comparator.comparingDouble(Standing::value).reversed())
          .thenComparing(Comparator.comparingLong(Standing::uses).reversed())
          .thenComparing(Standing::created)
          .thenComparing(Standing::id, BY_ID);

  boolean unusedSince(Instant moment) {
    return lastUsed.isEmpty() || lastUsed.get().isBefore(moment);
  }
}
