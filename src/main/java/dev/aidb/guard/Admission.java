package dev.aidb.guard;

import dev.aidb.operation.Caller;
import dev.aidb.operation.Operation;

/**
 * The place for limits: asked for every call of an operation once its caller is known and before
 * its body is read. A call of a stream counts once.
 */
@FunctionalInterface
public interface Admission {
  /**
   * Takes the operation's cost from the caller's budget.
   *
   * @throws dev.aidb.core.AidbException RATE_LIMITED with a time to come back
   */
  void admit(Caller caller, Operation<?, ?> operation);

  /** Admits everything. */
  static Admission unlimited() {
    return (caller, operation) -> {};
  }
}
