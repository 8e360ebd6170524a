package dev.aidb.operation;

import java.util.Map;
import java.util.function.Function;

/**
 * What the audit trail keeps of a call.
 *
 * @param action a noun and a verb, such as {@code document.delete}
 * @param target what it was done to, out of the input: an id or a name
 * @param details further facts out of the input; never content, a query or a secret
 */
public record Audit<I extends Record>(
    String action, Function<I, String> target, Function<I, Map<String, Object>> details) {}
