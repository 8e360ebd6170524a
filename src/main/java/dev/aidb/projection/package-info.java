/**
 * Keeps a search index in step with the rows it is made from.
 *
 * <p>A writer takes a {@link Projection.Ticket} before its transaction and hands the changes over
 * after its commit, so that the node sees its own writes at once. The applier follows the change
 * log for everything else (other nodes, a crash between commit and hand-over) and alone moves the
 * index's durable position. It reads the rows as they are now rather than as they were logged, so
 * that replaying any part of the log any number of times ends in the same index.
 *
 * <p>Why versions need tickets: a writer that was stopped between its commit and its hand-over may
 * come with an old version long after a newer one was applied. The index remembers recent versions
 * ({@link dev.aidb.index.VectorIndex#settle}) for as long as a ticket from before them is open.
 *
 * <p>Where the index is emptied or opened again it forgets those versions, so every ticket from
 * before is void: what its writer committed is in the rows that the build reads, or in the log
 * after the place from which the index follows it. Writers are kept away until the index is ready
 * again. While it isn't whole it has no position, so that no commit can claim what it lacks.
 *
 * <p>Failure modes: while PostgreSQL is away, or the index can't be written, the applier tries
 * again with growing pauses and says why in {@link Projection#trouble()}; an index whose files
 * failed is opened again as of its last commit; one that was built from another database, lies
 * behind the log's floor, or ahead of its head (a restored backup) is rebuilt, as often as it
 * takes. A record that the index refuses is logged and left out. Until {@link Projection#ready()}
 * searches must not be sent to the index.
 *
 * <p>Limits: a batch of the applier is 1,000 rows; at most 100,000 versions applied directly are
 * remembered, for two minutes, so as not to be read again. Once an hour the log is cut below all
 * followers that were seen within a week, 100,000 entries at a time.
 */
@NullMarked
package dev.aidb.projection;

import org.jspecify.annotations.NullMarked;
