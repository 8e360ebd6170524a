/**
 * From a document of any supported format to chunks that fit the embedding model.
 *
 * <p>{@link dev.aidb.chunking.Outline} reads a document into a title and blocks under their
 * headings; {@link dev.aidb.chunking.Chunker} packs the blocks into chunks.
 *
 * <p>Promises: the same input gives the same chunks; nothing of the text is lost, the order is
 * kept; no chunk is longer than the policy allows, counted by the tokenizer that the model uses. A
 * format's reader never fails on odd input: what it can't read as its format is plain text. Time
 * and memory are linear in the length of the text.
 *
 * <p>Threading: everything here is immutable and takes calls from any thread.
 */
@NullMarked
package dev.aidb.chunking;

import org.jspecify.annotations.NullMarked;
