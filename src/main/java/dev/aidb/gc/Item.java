package dev.aidb.gc;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A step of a stored plan: one record.
 *
 * @param number its place in the plan, from 0
 * @param collection where the record is
 * @param survivor into which a duplicate is merged
 * @param similarity of a duplicate to its survivor
 * @param value of the solution when it was planned
 * @param lastUsed of the solution when it was planned
 */
record Item(
    int number,
    Reason reason,
    UUID record,
    String collection,
    Optional<UUID> survivor,
    double similarity,
    double value,
    Optional<Instant> lastUsed) {}
