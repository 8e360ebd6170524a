package dev.aidb.gc;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * What is forgotten, and how much of it at once; the keys of {@code garbage_collection}.
 *
 * @param maxSolutions above so many the lowest go, 1 or more
 * @param maxAge what is older may expire
 * @param minValueScore what is below may expire, from 0 to 1
 * @param deduplicateSimilarity queries at a cosine above it are the same, from 0 to 1
 * @param orphanCleanup whether the index is compared with the rows
 * @param keepRatio the share of {@code maxSolutions} that is left when there were too many, above 0
 * @param maxDeleteFraction the share of a collection that a run may remove, from 0 to 1
 * @param maxDeleteFloor as many may always be removed, 0 or more
 * @param tombstones how long what was removed can be brought back
 * @param orphanGrace index entries younger than that are left alone
 */
public record Rules(
    int maxSolutions,
    Duration maxAge,
    double minValueScore,
    double deduplicateSimilarity,
    boolean orphanCleanup,
    double keepRatio,
    double maxDeleteFraction,
    int maxDeleteFloor,
    Duration tombstones,
    Duration orphanGrace) {

  /** How many solutions are left when there were too many. */
  int kept() {
    return Math.toIntExact(share(keepRatio, maxSolutions));
  }

  /** How many of so many records a run may remove without being forced. */
  long mayRemove(long of) {
    return Math.max(maxDeleteFloor, share(maxDeleteFraction, of));
  }

  /** In decimals, since 0.29 × 100 is 28.999999999999996 in binary ones. */
  private static long share(double ratio, long of) {
    return BigDecimal.valueOf(ratio)
        .multiply(BigDecimal.valueOf(of))
        .setScale(0, RoundingMode.FLOOR)
        .longValueExact();
  }
}
