/**
 * The embedded index: one Lucene index on disk for words, filters, vectors and, in its commit, the
 * position in the change log.
 *
 * <p>Promises: a search sees every change applied before it began; an arm's order and total are
 * exact as {@link dev.aidb.index.VectorIndex} states them, but for the choice of candidates of the
 * dense arm's first pages (recall at least 0.99, and depending a little on how records are spread
 * over segments, so that a merge may exchange the last candidates); BM25 counts replaced records
 * until their segment is merged; after a crash the index is as of its last commit.
 *
 * <p>Threading: everything may be called from any number of threads. A search runs on its caller's
 * thread alone.
 *
 * <p>Failure modes: an index of another format or a damaged one doesn't open ({@code
 * IndexUnusable}). When writing fails for good (a full disk, say), writes and {@code check} throw
 * {@code UNAVAILABLE}, searches go on over what was visible last, and {@code reopen} goes back to
 * the last commit.
 *
 * <p>A dense query reads a sketch of every record its filter accepts, so its cost grows with their
 * number. Above about 250,000 records in a segment a graph would answer faster; it isn't there yet.
 *
 * <p>Limits: 2,147,483,519 records, 4,096 dimensions, the bounds of {@link
 * dev.aidb.index.lucene.LuceneSettings}.
 */
@NullMarked
package dev.aidb.index.lucene;

import org.jspecify.annotations.NullMarked;
