/**
 * The content policy: recognises payloads of attacks in queries, and decides what becomes of them.
 *
 * <p>{@link PayloadDetector} finds cross-site scripting, SQL injection, path traversal and code
 * injection. It first undoes encodings, then looks at the places where short strings stand that no
 * payload does without, and judges what is found by its surroundings, so that questions about such
 * things pass. {@link ContentPolicy} is asked for every query of every operation, and blocks,
 * counts, or both.
 *
 * <p>{@link InstructionScan} is for texts rather than queries: it recognises orders to an agent, so
 * that they can be labelled.
 *
 * <p>The policy is a second wall: statements are parameterised and answers are JSON, so that
 * nothing hangs on it, and a determined attacker can word a payload as a question. Everything is
 * pure but for counting and logging, thread-safe, and takes time linear in the query's length. A
 * query's text never gets into a message or a log. How well it does on the corpora is printed by
 * {@code make policy-report}.
 */
@NullMarked
package dev.aidb.policy;

import org.jspecify.annotations.NullMarked;
