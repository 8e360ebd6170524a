package dev.aidb.mcp;

import java.util.Map;

/**
 * What can be asked for at one address. What the protocol itself defines ({@code initialize},
 * {@code ping}, {@code server/discover}) is no part of it.
 *
 * @param instructions how a model makes good use of it, in a few sentences
 * @param capabilities as they are told to clients: only what {@code methods} honours
 * @param methods what answers, by name
 */
record Surface(String instructions, Map<String, Object> capabilities, Map<String, Method> methods) {
  Surface {
    capabilities = Map.copyOf(capabilities);
    methods = Map.copyOf(methods);
  }
}
