/**
 * The ground floor: identifiers, time limits, errors and text measures that every other package may
 * use.
 *
 * <p>Promises: no I/O, no threads, no dependency on any other package of the program. Everything
 * here is immutable or thread-safe.
 */
@NullMarked
package dev.aidb.core;

import org.jspecify.annotations.NullMarked;
