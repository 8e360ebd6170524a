package dev.aidb.mcp;

import java.util.Map;
import java.util.Optional;

/** What a method comes to. */
sealed interface Outcome {
  /**
   * A result.
   *
   * @param fields its fields
   * @param caching how long it holds, where its kind says so
   */
  record Complete(Map<String, Object> fields, Optional<Caching> caching) implements Outcome {}

  /**
   * Something is to be asked of the client before there can be a result.
   *
   * @param requests what to ask, by a key of the server's own
   * @param state what is to come back with the answers
   */
  record InputRequired(Map<String, InputRequest> requests, Optional<String> state)
      implements Outcome {}

  /** One question to the client. */
  record InputRequest(String method, Map<String, Object> params) {}

  /**
   * How long a result may be kept.
   *
   * @param ttlMs in milliseconds
   * @param isPublic whether one caller's result is every caller's
   */
  record Caching(long ttlMs, boolean isPublic) {}

  /** A result that isn't of a kind that can be kept. */
  static Outcome of(Map<String, Object> fields) {
    return new Complete(fields, Optional.empty());
  }

  /** A result that can be kept. */
  static Outcome of(Map<String, Object> fields, Caching caching) {
    return new Complete(fields, Optional.of(caching));
  }
}
