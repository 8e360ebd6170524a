package dev.aidb.gc;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A solution that is to be removed, and how it stood when that was decided.
 *
 * @param survivor into which it is merged; there for a duplicate
 * @param similarity the cosine to the survivor, 0 without one
 */
record Removal(
    UUID id,
    Reason reason,
    Optional<UUID> survivor,
    double similarity,
    double value,
    Optional<Instant> lastUsed) {

  static Removal of(Standing solution, Reason reason) {
    return new Removal(
        solution.id(), reason, Optional.empty(), 0, solution.value(), solution.lastUsed());
  }

  static Removal duplicate(Standing solution, UUID survivor, double similarity) {
    return new Removal(
        solution.id(),
        Reason.DUPLICATE,
        Optional.of(survivor),
        similarity,
        solution.value(),
        solution.lastUsed());
  }
}
