package dev.aidb.http;

import dev.aidb.operation.Caller;
import java.util.Map;

/**
 * A request that was let in.
 *
 * @param caller who asks
 * @param path the path's parameters
 * @param again judges the request once more, for one that lasts: its key may have ended meanwhile.
 *     It throws what such a request would be refused with by now.
 */
record Visit(Caller caller, Map<String, String> path, Runnable again) {}
