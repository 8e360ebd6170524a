package dev.aidb.http;

import dev.aidb.operation.Caller;
import java.util.Map;

/**
 * A request that was let in.
 *
 * @param caller who asks
 * @param path the path's parameters
 */
record Visit(Caller caller, Map<String, String> path) {}
