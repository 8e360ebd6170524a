package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Json;
import dev.aidb.operation.Problem;

/** Failures as problem documents. */
final class Problems {
  static final String INTERNAL_DETAIL = "The server failed unexpectedly";

  private Problems() {}

  /**
   * @param instance the path of the request; never the query
   */
  static byte[] bytes(AidbException failure, String requestId, String instance) {
    return Json.bytes(Problem.of(failure, requestId, instance));
  }

  /** A failure whose HTTP status isn't the code's own. */
  static byte[] bytes(AidbException failure, int status, String requestId, String instance) {
    Problem p = Problem.of(failure, requestId, instance);
    return Json.bytes(
        new Problem(
            p.type(),
            p.title(),
            status,
            p.detail(),
            p.instance(),
            p.code(),
            p.requestId(),
            p.errors()));
  }
}
