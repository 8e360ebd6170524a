package dev.aidb.context;

import java.time.Duration;

/**
 * The bounds of sessions.
 *
 * @param idle a session that isn't used for so long has ended
 * @param perCaller sessions that one caller may have; beyond that its least recently used ones go
 * @param total sessions of all callers that a sweep leaves, the least recently used go first
 * @param sweepEvery the time between two sweeps
 * @param sweepBatch rows that one statement of a sweep deletes at most
 * @param sweepMax how long a sweep may take
 */
public record SessionSettings(
    Duration idle,
    int perCaller,
    int total,
    Duration sweepEvery,
    int sweepBatch,
    Duration sweepMax) {
  /** An hour, 500 of a caller, 20,000 in all, swept every minute by 500. */
  public static SessionSettings usual() {
    return new SessionSettings(
        Duration.ofHours(1), 500, 20_000, Duration.ofMinutes(1), 500, Duration.ofSeconds(20));
  }
}
