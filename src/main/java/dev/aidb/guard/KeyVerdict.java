package dev.aidb.guard;

import dev.aidb.operation.Caller;
import java.util.Optional;

/** What a ring says of a presented key. */
public sealed interface KeyVerdict {
  /** It is valid, and its bearer is this caller. */
  record Valid(Caller caller) implements KeyVerdict {}

  /**
   * It is not.
   *
   * @param bearer the id of the caller that it was before it ended; only when its secret was right,
   *     for otherwise anybody could have others named in the audit trail
   */
  record Invalid(Refusal.Reason reason, Optional<String> bearer) implements KeyVerdict {
    /** Nobody knows whose it is. */
    public Invalid(Refusal.Reason reason) {
      this(reason, Optional.empty());
    }
  }
}
