/**
 * The door: who may come in, and how much of it.
 *
 * <p>{@link Door} looks at a request's head and says who asks, or refuses (401, 403). {@link
 * Admission} is asked next, before the body is read, and is where limits refuse (429). Both are
 * called on the request's own thread, must not block, and are thread-safe. The only door so far is
 * {@link LocalDoor}, for a server that listens on loopback and knows no keys.
 */
@NullMarked
package dev.aidb.guard;

import org.jspecify.annotations.NullMarked;
