package dev.aidb.http;

import dev.aidb.metrics.HttpMetrics;
import dev.aidb.operation.Scope;

/** What a route leads to. */
interface Endpoint {
  /** The operation's name, or the route's template; for logs and audit rows. */
  String name();

  /** What a caller needs. */
  Scope scope();

  /** Where its requests are counted. */
  HttpMetrics.Endpoint metrics();

  /**
   * Answers.
   *
   * @throws dev.aidb.core.AidbException for the dispatcher to answer with
   */
  void serve(Exchange exchange, Visit visit);
}
