/**
 * Rate limits: how much one client may ask in any minute and in any hour.
 *
 * <p>Promises: in no window of a minute or an hour, wherever it begins, is a client admitted more
 * than its allowance; a window is half-open, so that what was admitted at the moment <i>t</i> no
 * longer counts at <i>t</i> + 60 s. A client is never refused what its allowance has room for, by
 * two microseconds or more. Both windows are charged or neither. What a refusal says of the wait is
 * true: after it the same request is admitted, unless the client asked for something else
 * meanwhile.
 *
 * <p>{@link dev.aidb.limits.RateLimits} is the {@link dev.aidb.guard.Admission} that the server
 * asks. It knows clients by their key, else by their address, and has a {@link
 * dev.aidb.limits.Limiter} decide: {@link dev.aidb.limits.LocalLimiter} by logs in this process,
 * {@link dev.aidb.limits.SharedLimiter} by logs in a Redis that all replicas ask.
 *
 * <p>Threading: everything public is thread-safe. The local limiter locks one of 256 parts of its
 * table for the time of a few memory accesses; the shared one waits for Redis, for as long as it is
 * told.
 *
 * <p>Failure modes: without Redis the shared limiter decides by this process's logs, says so in a
 * metric and to the health probe, and comes back by itself. Where no room is left a new client, or
 * a known one whose log must grow, is refused with 503 rather than anything forgotten that still
 * counts.
 *
 * <p>Limits: the number of clients and the sum of what their logs hold; see {@link
 * dev.aidb.limits.LocalLimiter}.
 */
@NullMarked
package dev.aidb.limits;

import org.jspecify.annotations.NullMarked;
