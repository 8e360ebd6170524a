/**
 * The search index: a projection of the rows in PostgreSQL that can always be rebuilt from them.
 *
 * <p>{@link VectorIndex} is the SPI; {@code index.lucene} is the embedded implementation. Every
 * implementation passes the contract kit {@code VectorIndexContract} in the tests.
 *
 * <p>Threading: an index takes any number of searches and writes at once. Failure modes: an index
 * that can't answer throws {@code UNAVAILABLE}; it never answers with an empty page instead. A
 * change is applied wholly or not at all and an older version never replaces a newer one.
 */
@NullMarked
package dev.aidb.index;

import org.jspecify.annotations.NullMarked;
