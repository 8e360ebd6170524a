/**
 * The door: who may come in, and how much of it.
 *
 * <p>{@link Door} looks at a request's head and says who asks, or refuses (401, 403). {@link
 * KeyDoor} asks everybody for a key; {@link LocalDoor} is for a server that listens on loopback and
 * trusts its own machine. Both ask a {@link KeyRing}, which is implemented elsewhere, and tell
 * {@link Refusals} of whom they turn away. {@link ClientAddresses} sees through trusted proxies.
 * {@link Admission} is asked next, before the body is read, and is where limits refuse (429); it is
 * also told of whom the door turned away. {@link AuditTrail} is told what was done.
 *
 * <p>Promises: no I/O and no database here. Threading: everything is called on the request's own
 * thread, must not block for long, and is thread-safe. Limits: a key of more than 256 characters is
 * refused unseen.
 */
@NullMarked
package dev.aidb.guard;

import org.jspecify.annotations.NullMarked;
