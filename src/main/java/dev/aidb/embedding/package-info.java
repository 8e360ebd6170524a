/**
 * Embeddings: from a text to a vector, in process (all-MiniLM-L6-v2 on ONNX Runtime) or by a remote
 * endpoint.
 *
 * <p>Promises: a vector is L2-normalised, finite and never all zero; the same text and model give
 * the same bits in process, whatever else is embedded at the time. A failure is an exception, never
 * a substitute vector. Texts are cut at the model's limit and say so.
 *
 * <p>Threading: {@link Embedder} takes calls from any number of threads, works on one thread per
 * core, and keeps a lane for interactive queries that bulk work can't delay by more than the
 * processor's time slices. Limits: the queue is bounded; when it is full, callers of the bulk lane
 * wait until their deadline and those of the interactive lane get {@code OVERLOADED}.
 */
@NullMarked
package dev.aidb.embedding;

import org.jspecify.annotations.NullMarked;
