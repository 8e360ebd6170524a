package dev.aidb.operation;

import dev.aidb.core.Deadline;

/**
 * What surrounds one request: its id (as in {@code X-Request-ID}), who asks, and until when the
 * answer is wanted.
 */
public record Call(String requestId, Caller caller, Deadline deadline) {}
