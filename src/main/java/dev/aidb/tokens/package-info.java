/**
 * Counts of tokens as clients count them: o200k_base, the vocabulary of today's large models. What
 * is chunked and embedded is measured by the embedding model's own tokenizer instead.
 *
 * <p>Promises: a count is exact, never an estimate; special tokens in a text are counted as the
 * plain text that they are. The vocabulary (some 200,000 entries, 3 MB on disk) is loaded once,
 * when first asked for. Threading: counters are stateless and take calls from any number of
 * threads. Time grows with the text's length; callers bound that.
 */
@NullMarked
package dev.aidb.tokens;

import org.jspecify.annotations.NullMarked;
