/**
 * The program's measurements, in the forms that Prometheus reads.
 *
 * <p>{@link Metrics} owns the registry; every other package declares what it measures in a class of
 * its own that takes the registry. Label values come from bounded sets: route templates, known
 * methods, rule codes. A series of a bounded set is there, at 0, from the start. Everything is
 * thread-safe and lock-free while recording; a scrape takes a snapshot and blocks nobody.
 */
@NullMarked
package dev.aidb.metrics;

import org.jspecify.annotations.NullMarked;
