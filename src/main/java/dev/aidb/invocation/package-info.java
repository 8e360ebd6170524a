/**
 * The way of a call once it is known who asks: what it costs, its turn, its input, the screen, the
 * handler, the audit trail and what is counted of it.
 *
 * <p>{@link Invocation} is that way for one operation, and the only one: whatever face a call comes
 * in by, the same limits, deadline, content policy, audit and metrics apply to it. A face adds
 * where the input comes from and how the answer is written.
 *
 * <p>Threading: a call runs on its caller's thread; all types are immutable and thread-safe.
 * Failure modes: an {@link dev.aidb.core.AidbException} is for the client, anything else is a fault
 * of the program that the face logs. Limits: those of the {@link dev.aidb.resilience.WorkLimit} and
 * of the {@link dev.aidb.guard.Admission} that it is given.
 */
@NullMarked
package dev.aidb.invocation;

import org.jspecify.annotations.NullMarked;
