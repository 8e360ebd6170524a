/**
 * Context: from a question to a text that a language model can answer from, within a budget of
 * tokens; turn by turn in sessions that remember what was asked and given.
 *
 * <p>The way: {@link dev.aidb.context.Retrieval} finds up to 50 passages in the collections that
 * the caller sees, {@link dev.aidb.context.Reranker} orders them by measures that mean the same in
 * all collections, {@link dev.aidb.context.Diversity} chooses those that say different things,
 * {@link dev.aidb.context.Compression} quotes what tells most of each, and {@link
 * dev.aidb.context.Assembly} puts them together.
 *
 * <p>Promises: a context never has more tokens (o200k_base) than was asked for. Every quote names
 * its source, and nothing quoted can end its own quotation ({@link dev.aidb.context.SourceText}).
 * Two consecutive contexts of a session begin alike for at least four fifths of the shorter, as
 * long as the knowledge stays and the budget is 1,000 tokens or more. A session belongs to the
 * caller that began it; what is deleted or hidden from the caller is never quoted again.
 *
 * <p>Failure modes: without the embedding model or the index the answer rests on keywords and says
 * so, as a search does; without the language model there is the context alone. Without the database
 * it is a 503.
 *
 * <p>Threading: takes calls from any number of threads; turns of one session wait for each other by
 * the lock of its row, which is held while the prompt is put together and never while anything is
 * searched or a model is asked. Limits: those of the inputs, {@link
 * dev.aidb.context.SessionSettings}, and a session's state of at most 256 KiB.
 */
@NullMarked
package dev.aidb.context;

import org.jspecify.annotations.NullMarked;
