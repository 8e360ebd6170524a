/**
 * The Model Context Protocol, from the same declared operations as every other face.
 *
 * <p>One endpoint serves the stateless revision 2026-07-28 and the clients of 2025-11-25 and
 * 2025-06-18: {@code Wire} reads and checks what HTTP carries, {@code Protocol} knows the
 * revisions, a {@link Surface} is what can be asked for at one address. {@link McpRoutes} puts two
 * of them up: the compact one, constant and small, and the full one with a tool for each operation
 * that the caller may use. No session is kept: what a request needs is in the request.
 *
 * <p>Promises: a tool is an {@link dev.aidb.invocation.Invocation}, so that keys, scopes, limits,
 * deadlines, content policy, audit and metrics are those of the operation. What a model can mend is
 * told in a result with {@code isError}; what its client got wrong is a JSON-RPC error. Nothing is
 * listed that doesn't answer.
 *
 * <p>Threading: a request is answered on its own thread; all types but {@code Conversation}, which
 * is one request's, are thread-safe. Limits: bodies and nesting are those of HTTP and of {@link
 * dev.aidb.operation.Json}; a page has 50 entries, a compact answer 10,000 tokens unless asked
 * otherwise, and at most 1,000 questions to clients are open at once.
 */
@NullMarked
package dev.aidb.mcp;

import org.jspecify.annotations.NullMarked;
