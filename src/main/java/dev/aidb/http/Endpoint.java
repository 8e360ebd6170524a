package dev.aidb.http;

import dev.aidb.core.AidbException;
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

  /** How it tells a client of a failure: a problem document, unless it has a form of its own. */
  default Told told(AidbException failure, Exchange exchange) {
    return Told.problem(failure, exchange);
  }

  /**
   * Answers.
   *
   * @throws AidbException for the dispatcher to answer with
   */
  void serve(Exchange exchange, Visit visit);
}
