package dev.aidb.model;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A solution as everybody who was answered knows it; what is compared with its rows.
 *
 * @param lastUsed when it was served last
 */
record Known(
    UUID id,
    String query,
    String solution,
    Instant created,
    double value,
    long uses,
    long feedbacks,
    Optional<Instant> lastUsed,
    boolean pinned,
    long merged) {

  Known worth(double newValue, long moreFeedbacks, long moreMerged) {
    return new Known(
        id,
        query,
        solution,
        created,
        newValue,
        uses,
        feedbacks + moreFeedbacks,
        lastUsed,
        pinned,
        merged + moreMerged);
  }

  Known served(Instant at) {
    return new Known(
        id, query, solution, created, value, uses + 1, feedbacks, Optional.of(at), pinned, merged);
  }

  Known pinned(boolean now) {
    return new Known(id, query, solution, created, value, uses, feedbacks, lastUsed, now, merged);
  }

  /** After garbage collection merged another into it. */
  Known absorbing(Known fallen) {
    return new Known(
        id,
        query,
        solution,
        created,
        Math.max(value, fallen.value),
        uses + fallen.uses,
        feedbacks + fallen.feedbacks,
        later(lastUsed, fallen.lastUsed),
        pinned || fallen.pinned,
        merged + fallen.merged + 1);
  }

  /** After one that had been merged into it came back. */
  Known returning(Known fallen) {
    return new Known(
        id,
        query,
        solution,
        created,
        value,
        Math.max(0, uses - fallen.uses),
        Math.max(0, feedbacks - fallen.feedbacks),
        lastUsed,
        pinned,
        Math.max(0, merged - fallen.merged - 1));
  }

  private static Optional<Instant> later(Optional<Instant> a, Optional<Instant> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.or(() -> b);
    }
    return a.get().isAfter(b.get()) ? a : b;
  }
}
