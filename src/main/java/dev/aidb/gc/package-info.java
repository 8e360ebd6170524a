/**
 * Safe forgetting of solutions: what has expired, is of too low value, or is nearly a duplicate,
 * and the repair of an index whose entries and rows lack each other.
 *
 * <p>A run reads all solutions in one snapshot and plans ({@link dev.aidb.gc.Planner}, which is
 * pure), checks the whole plan against what may be removed at once, stores it, and carries it out
 * in batches. Each batch is one transaction that verifies the run's lease, locks the rows, looks at
 * each again and passes over what has changed, writes tombstones, audit rows and lines of the
 * change log, deletes, and says of the plan's steps that they are over.
 *
 * <p>Promises: one run at a time over all replicas; a dry run gives the plan of the run that
 * follows it; nothing is removed by a reading that failed or was partial; a removed solution has a
 * tombstone and an audit row, by the same commit; pinned solutions stay. A run that is killed is
 * taken up where its last commit left it, by whichever replica gets the lease; the one that lost it
 * can't commit anything any more.
 *
 * <p>Threading: {@link dev.aidb.gc.Collector} takes calls from any thread and runs on a thread of
 * its own, with pauses as long as its batches. Failure modes: a batch that fails for a passing
 * reason is tried again, then the run is left and taken up later, five times at most; an index that
 * can't be read leaves out the comparison with it, and says so. While a run is under way another,
 * or a restoration, is {@code CONFLICT}.
 *
 * <p>Limits: 200 records to a batch, 100,000 differences between index and rows, 1,000 runs
 * remembered, 20 of them with their records. While it plans, how all solutions stand is in memory,
 * about 150 bytes each, and what {@link dev.aidb.similarity.NearDuplicates} needs.
 */
@NullMarked
package dev.aidb.gc;

import org.jspecify.annotations.NullMarked;
