/**
 * The issue tracker: errors that are alike are one issue with a count, whoever records them and how
 * many do at once.
 *
 * <p>{@link MessageTemplate} takes from a message what differs between errors that are alike,
 * {@link Fingerprint} makes the key of what remains, and {@link IssueRows} counts in one statement
 * under the key's unique index. {@link IssueQueue} is how the server records its own unexpected
 * errors: it takes them without delay and stores them in the background. {@link Analysis} looks for
 * patterns in what happened when.
 *
 * <p>Promises: an occurrence that was acknowledged is counted exactly once. A message, stack or
 * context is stored only after {@link SecretMask} has been over it, and of the server's own errors
 * only the template of the message, so that no query or content gets in. Recording an error of its
 * own costs a request an offer to a bounded queue; the recorder's own failures are logged and never
 * recorded.
 *
 * <p>Threading: everything public is thread-safe; {@link IssueQueue} and {@link IssueUpkeep} have a
 * virtual thread each. Failure modes: while the database is away the queue keeps what fits and
 * counts what it drops; without the embedder an analysis has no similar solutions and says so.
 * Limits: {@link IssueQueue.Settings}; closed issues and all history are kept for {@code
 * issues.retention_days}, active issues until they are closed.
 */
@NullMarked
package dev.aidb.issues;

import org.jspecify.annotations.NullMarked;
