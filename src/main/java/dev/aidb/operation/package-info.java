/**
 * The spine: what a client can ask is declared once, as an {@link Operation}. REST routes, the
 * OpenAPI document, MCP tools, {@code aidb call}, costs, deadlines and metric labels are derived
 * from the declarations.
 *
 * <p>Input and output are records. JSON is bound to an input record by {@link RecordBinder} in one
 * pass that collects every wrong type, unknown field and broken rule; a record that a handler sees
 * is valid. {@link Operations} refuses declarations that lack a description or a bound, all faults
 * at once.
 *
 * <p>Threading: everything is immutable after construction and thread-safe. Limits: nesting of JSON
 * 64 levels, names of fields 256 characters, numbers 64 digits.
 */
@NullMarked
package dev.aidb.operation;

import org.jspecify.annotations.NullMarked;
