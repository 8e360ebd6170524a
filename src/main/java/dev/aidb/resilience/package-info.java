/**
 * What keeps the server on its feet when others are not: circuit breakers round calls to other
 * servers, and a limit on how much is worked on at once.
 *
 * <p>A {@link dev.aidb.resilience.Breaker} stops asking a service that keeps failing, so that
 * nobody waits for it in vain, and lets a single call try again after a pause. {@link
 * dev.aidb.resilience.Breakers} has them all, by the names that health and metrics show. A {@link
 * dev.aidb.resilience.WorkLimit} lets so many calls work at the same time, the others wait in line,
 * and those whose turn wouldn't come in time are turned away at once (503 with a time to come
 * back): under any load the calls that are taken are answered in their time.
 *
 * <p>Thread-safe; made for virtual threads. Neither does any I/O of its own.
 */
@NullMarked
package dev.aidb.resilience;

import org.jspecify.annotations.NullMarked;
