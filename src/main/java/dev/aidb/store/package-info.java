/**
 * PostgreSQL, the truth: the data directory, the embedded server, the connection pool, migrations,
 * the change log that projections follow, and leases on work that one replica at a time may do.
 *
 * <p>Promises: what a transaction committed survives a {@code kill -9} of the JVM, of PostgreSQL,
 * or of both; an embedded server doesn't outlive its JVM by more than its shutdown; two programs
 * never share a data directory; what a lease's holder does in a verified transaction, nobody else
 * does at the same time.
 *
 * <p>Threading: every public type takes calls from any number of threads. Blocking calls suit
 * virtual threads; waits end by the current {@link dev.aidb.core.Deadline} or the configured
 * timeout.
 *
 * <p>Failure modes: what prevents the start is a {@link dev.aidb.core.StartFailure} with advice; at
 * run time an unreachable server is {@code UNAVAILABLE}, an exhausted pool {@code OVERLOADED}, a
 * full disk {@code STORAGE_FULL}, a statement past its deadline {@code DEADLINE_EXCEEDED}. A server
 * that hangs costs a request a second or two beyond its deadline, then its connection is cut.
 *
 * <p>Limits: Linux on x86-64 or arm64 for the embedded server (with the binaries of that platform
 * on the class path); an external server must be PostgreSQL 14 or newer.
 */
@NullMarked
package dev.aidb.store;

import org.jspecify.annotations.NullMarked;
