package dev.aidb.operation;

import java.util.Map;

/**
 * What a handler answers.
 *
 * @param status the HTTP status
 * @param body the output record
 * @param headers further headers, by name
 */
public record Reply<O>(int status, O body, Map<String, String> headers) {
  public static <O> Reply<O> ok(O body) {
    return new Reply<>(200, body, Map.of());
  }

  public static <O> Reply<O> status(int status, O body) {
    return new Reply<>(status, body, Map.of());
  }

  public Reply<O> header(String name, String value) {
    Map<String, String> more = new java.util.LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply<>(status, body, Map.copyOf(more));
  }
}
