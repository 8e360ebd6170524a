/**
 * Hybrid search: the dense and the keyword arm of the index, fused, filtered, paged and counted as
 * the contract says.
 *
 * <p>Promises: {@code total} counts exactly what matches in the mode that was run; paging never
 * repeats or skips a record while the collection is unchanged; ties stand in the order of their
 * ids. A record that stands first in either arm is never below the third place of a hybrid answer.
 * When the embedder or the index is down the answer is a keyword search and says so in {@code
 * degraded}.
 *
 * <p>Threading: takes calls from any number of threads. Limits: 16 MiB of pages, each valid for one
 * epoch of the index; 32 MiB of record heads.
 */
@NullMarked
package dev.aidb.search;

import org.jspecify.annotations.NullMarked;
