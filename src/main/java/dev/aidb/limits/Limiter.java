package dev.aidb.limits;

import dev.aidb.operation.Allowance;
import java.time.Duration;

/**
 * Decides whether a client's request fits into its allowance, and charges it if so. Thread-safe.
 */
interface Limiter extends AutoCloseable {
  /**
   * Charges both windows, or neither.
   *
   * @param client who asks
   * @param allowance what the client may
   * @param cost what the request costs, at least 1; a cost beyond the allowance takes all of it
   * @throws dev.aidb.core.AidbException OVERLOADED when there is no room to remember another client
   */
  Decision take(Client client, Allowance allowance, int cost);

  /**
   * Looks whether it works as it is meant to.
   *
   * @throws dev.aidb.core.AidbException UNAVAILABLE when it decides without what it should ask
   */
  default void probe(Duration patience) {}

  /** What a request takes of an allowance. */
  static int units(Allowance allowance, int cost) {
    return Math.min(cost, Math.min(allowance.perMinute(), allowance.perHour()));
  }

  /** Ends what goes on in the background. */
  @Override
  void close();
}
