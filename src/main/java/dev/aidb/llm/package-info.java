/**
 * A language model behind an OpenAI-compatible endpoint, such as llama.cpp's server.
 *
 * <p>Promises: nothing is asked of it but what a caller asks for; every call goes through the
 * circuit breaker {@code llama_cpp}, ends by its timeout or the request's deadline, and reads no
 * more of an answer than is configured. A failure is an {@code UNAVAILABLE} error, never a made-up
 * text; callers have an answer without the model. Calls aren't repeated: an answer costs too much
 * for that.
 *
 * <p>Threading: takes calls from any number of threads. Limits: {@link dev.aidb.llm.ChatSettings}.
 * The key is read for each call and never shown.
 */
@NullMarked
package dev.aidb.llm;

import org.jspecify.annotations.NullMarked;
