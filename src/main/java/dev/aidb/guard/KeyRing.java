package dev.aidb.guard;

/** The keys that a server knows. Asked on the request's thread: it must not block. Thread-safe. */
@FunctionalInterface
public interface KeyRing {
  /**
   * Judges a key. How long that takes must not tell whether its id is known.
   *
   * @param presented what the client sent, unchecked but at most 256 characters long
   * @throws dev.aidb.core.AidbException UNAVAILABLE when keys can't be judged at the moment
   */
  KeyVerdict judge(String presented);

  /** A ring without a key. */
  static KeyRing empty() {
    return presented -> new KeyVerdict.Invalid(Refusal.Reason.UNKNOWN);
  }
}
