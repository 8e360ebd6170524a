package dev.aidb.limits;

import dev.aidb.operation.Allowance;

/**
 * How clients are limited.
 *
 * @param standard what a client may that has no allowance of its own
 * @param clientsMax clients that are remembered at a time, at least 8
 */
public record LimitSettings(Allowance standard, int clientsMax) {}
