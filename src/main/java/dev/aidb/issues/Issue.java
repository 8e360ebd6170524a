package dev.aidb.issues;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * All errors of one fingerprint.
 *
 * @param id a UUIDv7 of when it was first recorded
 * @param message of the first occurrence, or of the one that reopened it; the same goes for {@code
 *     stack} and {@code context}
 * @param template the message without what differs between errors that are alike
 * @param occurrences at least 1
 * @param resolution what solved it; stays when the issue is reopened
 * @param openedAt {@code firstSeen}, or when it was last reopened
 * @param closedAt when it got a status that is closed
 */
record Issue(
    UUID id,
    String fingerprint,
    Severity severity,
    Category category,
    String component,
    String errorType,
    String message,
    String template,
    Optional<String> stack,
    Map<String, Object> context,
    Status status,
    long occurrences,
    Instant firstSeen,
    Instant lastSeen,
    Optional<String> resolution,
    Instant openedAt,
    Optional<Instant> closedAt) {}
