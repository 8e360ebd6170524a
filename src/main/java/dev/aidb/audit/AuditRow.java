package dev.aidb.audit;

import dev.aidb.guard.AuditEvent;
import java.time.Instant;
import java.util.UUID;

/**
 * An event with its place in the trail.
 *
 * @param id a UUIDv7 of that moment
 * @param at when it happened
 */
public record AuditRow(UUID id, Instant at, AuditEvent event) {}
