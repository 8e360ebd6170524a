package dev.aidb.guard;

/** Is told of every refusal. Called on the request's thread: it must not block and not throw. */
@FunctionalInterface
public interface Refusals {
  void note(Refusal refusal);

  /** Heeds nothing. */
  static Refusals unheeded() {
    return refusal -> {};
  }

  /** Tells another one too. */
  default Refusals and(Refusals other) {
    return refusal -> {
      note(refusal);
      other.note(refusal);
    };
  }
}
