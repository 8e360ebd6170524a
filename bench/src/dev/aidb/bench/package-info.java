/**
 * Benchmarks of the built program, from outside: a server that {@code ./aidb} starts, asked over
 * HTTP on loopback, beside the bare parts (model, index, PostgreSQL) in the same run.
 *
 * <p>The machine is rarely quiet, so every comparison takes turns: a slice of the one, a slice of
 * the other, and the median of the ratios. Everything is bounded and ends by itself, and a server
 * that was started is stopped.
 */
@NullMarked
package dev.aidb.bench;

import org.jspecify.annotations.NullMarked;
