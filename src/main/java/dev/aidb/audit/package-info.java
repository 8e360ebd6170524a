/**
 * The audit trail: who did what to what, and who was turned away. A table to which rows are only
 * ever added, a line in the log for every row, and {@code GET /admin/audit}.
 *
 * <p>Promises: an event never holds a secret, a query or content. An event that happens within a
 * transaction of its own subject (the keys) is stored by {@link AuditRows} in that transaction. For
 * other events the request waits until its row is committed, at most {@link
 * AuditLog.Settings#patience()}; what isn't stored by then is kept in memory and stored when the
 * database is back. So a row can be lost only when the process is killed between the action and its
 * row (before the client had an answer), when it stops while the database is away, or when more
 * events wait than {@link AuditLog.Settings#queueMax()}; lost rows are counted, and their lines are
 * in the log.
 *
 * <p>Refusals come from strangers, so they are gathered: a row for all of one reason, caller,
 * address and operation in a minute, and at most {@link RefusalTally#GROUPS_MAX} such rows a minute
 * and another one per reason for the rest.
 *
 * <p>Threading: everything is thread-safe; one virtual thread writes. Failure modes: nothing here
 * fails a request. Limits: see {@link AuditLog.Settings}; rows are kept for ever.
 */
@NullMarked
package dev.aidb.audit;

import org.jspecify.annotations.NullMarked;
