/**
 * Near-duplicates over a whole collection: of all pairs of vectors those whose cosine lies above a
 * threshold, as far as they decide who survives.
 *
 * <p>Promises: exact. Every verdict is a cosine in double precision whose operations come in a
 * fixed order ({@link dev.aidb.similarity.Cosine}), the same on every machine; what is skipped
 * before is proven to lie below. How: a vector is projected on the main directions of a sample.
 * With {@code r} for what the projection leaves, Cauchy–Schwarz bounds the dot product by {@code
 * x·y + |r||s|}, and few pairs of texts stay above the threshold after fifteen directions, very few
 * after thirty-one.
 *
 * <p>Threading: {@link dev.aidb.similarity.NearDuplicates} takes calls from any number of threads;
 * each call has as many threads of its own as were asked for.
 *
 * <p>Failure modes: what the source throws ends the search; a full disk is {@code STORAGE_FULL}.
 * Limits: time grows with the square of the number of survivors, and memory by about 200 bytes for
 * each of them. The vectors themselves lie in a temporary file that has no name while it is used.
 */
@NullMarked
package dev.aidb.similarity;

import org.jspecify.annotations.NullMarked;
