package dev.aidb.guard;

import dev.aidb.operation.Caller;

/** What a ring says of a presented key. */
public sealed interface KeyVerdict {
  /** It is valid, and its bearer is this caller. */
  record Valid(Caller caller) implements KeyVerdict {}

  /** It is not. */
  record Invalid(Refusal.Reason reason) implements KeyVerdict {}
}
