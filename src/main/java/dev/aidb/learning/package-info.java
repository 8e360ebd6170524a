/**
 * Learning: agents store what solved a problem, recall it, and tell how well it served.
 *
 * <p>A solution is a document of the collection {@code solved_issues} with one chunk, whose
 * embedding is of the query, and a row of its own for what only solutions have: value, judgements,
 * uses, lineage. The chunk has the document's id, so that a hit, its document and the solution are
 * known by one id. Projection, search and filters need know nothing of solutions.
 *
 * <p>Promises: an acknowledged solution is a committed row, embedding included, and is found by the
 * next search on this node. Nothing is stored when its query can't be embedded or the index can't
 * be asked for what is near. Of the same thing there is one record, whatever the number of learners
 * and nodes: all inserts are in one order (an advisory lock of the database that is held for the
 * last look and the insert alone), and that last look sees what was committed since the first. A
 * value moves by one formula, {@link dev.aidb.learning.ValueScore}, and merging never lowers it.
 *
 * <p>Threading: everything here takes calls from any number of threads. Embedding happens before
 * transactions, and no connection is held meanwhile; one insert of this node is under way at a
 * time, and the others wait without a connection. Failure modes: model, index or database down is a
 * 503 with nothing stored; {@link dev.aidb.learning.Uses} loses counts, never an answer. Limits:
 * those of the inputs, {@link dev.aidb.learning.Lineage#KEPT} merges remembered of a record, {@link
 * dev.aidb.learning.Uses.Bounds}, and at most {@link dev.aidb.learning.Surroundings#NEAR_MAX}
 * records compared with a new one.
 *
 * <p>Locks: the order of inserts, then documents in the order of their ids, then solutions in the
 * order of theirs.
 */
@NullMarked
package dev.aidb.learning;

import org.jspecify.annotations.NullMarked;
