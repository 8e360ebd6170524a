/**
 * The top floor: the whole program as one graph of objects, built with {@code new} in one readable
 * place, and its start and stop.
 *
 * <p>Promises: what is slow to start (PostgreSQL, the model, the index's files) starts side by
 * side; a start that fails stops whatever had started and says why in one sentence with advice. The
 * stop is in the opposite order: readiness fails first, requests in flight finish, the index
 * commits, PostgreSQL shuts down.
 */
@NullMarked
package dev.aidb.app;

import org.jspecify.annotations.NullMarked;
