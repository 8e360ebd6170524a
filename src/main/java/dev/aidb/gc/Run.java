package dev.aidb.gc;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A run, as it is stored.
 *
 * @param asOf the moment by which it reckons ages
 * @param attempts how often it was begun or taken up again
 * @param solutions how many there were when it was planned
 * @param problem what went wrong; empty when nothing did
 */
record Run(
    UUID id,
    Request request,
    State state,
    int attempts,
    Instant startedAt,
    Instant asOf,
    Optional<Instant> finishedAt,
    long solutions,
    Map<Reason, Total> totals,
    String problem) {

  /**
   * How many records a run is about for one reason.
   *
   * @param planned in the plan
   * @param done carried out
   * @param skipped left as they are, because they had changed since
   */
  record Total(long planned, long done, long skipped) {
    static final Total NONE = new Total(0, 0, 0);
  }

  Total total(Reason reason) {
    return totals.getOrDefault(reason, Total.NONE);
  }
}
