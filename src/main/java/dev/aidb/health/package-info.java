/**
 * Whether the program works, from probes that run in the background.
 *
 * <p>Each {@link Probe} has a virtual thread and a timeout of its own; what they find is kept, so
 * that answering a health check does no I/O and never waits. {@link Health} turns the findings into
 * the answers of the contract; {@link StartupState} and {@link Health#stopping} say where in its
 * life the program is.
 *
 * <p>Threading: everything is thread-safe. Limits: a probe that hangs costs one thread until its
 * check heeds the interrupt; no second run of it is begun meanwhile.
 */
@NullMarked
package dev.aidb.health;

import org.jspecify.annotations.NullMarked;
