/**
 * The HTTP face: turns declared operations into routes.
 *
 * <p>The way of a request: its id, the door (who asks, may they), admission (how much they may
 * ask), its body, parsing and validation, the handler, the answer. Failures are problem documents
 * (RFC 9457); the one place that turns a failure into an answer is {@code Dispatcher}.
 *
 * <p>What follows the door for an operation is {@link dev.aidb.invocation.Invocation}. A {@link
 * MessageRoute} is for protocols whose messages say in their bodies what is asked.
 *
 * <p>Threading: a virtual thread per connection; handlers block at will. Limits: everything in
 * {@link HttpSettings}: the size of bodies, lines and heads, the number of connections (idle ones
 * give way to new ones), and how long a client may let the server wait, in either direction.
 *
 * <p>Failure modes: a client that goes away ends its own request and is not logged as an error. A
 * failure that nobody expected is logged once with its stack trace and its request id, and the
 * client is told the id alone.
 */
@NullMarked
package dev.aidb.http;

import org.jspecify.annotations.NullMarked;
