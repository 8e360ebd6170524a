package dev.aidb.guard;

/**
 * A request that was not let in.
 *
 * @param reason why
 * @param actor who asked, as far as that is known: a caller's id, also when its key has ended, or
 *     {@code anonymous}
 * @param address where it came from
 * @param target the operation that was asked for where it is known, else empty
 */
public record Refusal(Reason reason, String actor, String address, String target) {
  /** The actor of a request that didn't show a key that is known. */
  public static final String ANONYMOUS = "anonymous";

  /** Why a request is turned away; the last two after it was let in. */
  public enum Reason {
    /** It needs a key and shows none. */
    MISSING,
    /** What it shows can't be a key. */
    MALFORMED,
    /** It shows two different keys. */
    AMBIGUOUS,
    /** No such key: the id isn't known, or the secret isn't the id's. */
    UNKNOWN,
    /** The key, or the secret before its rotation, is past its time. */
    EXPIRED,
    /** The key was revoked. */
    REVOKED,
    /** The key is valid and its scope too small. */
    SCOPE,
    /** The Host header names another server. */
    HOST,
    /** A web page of a foreign origin sent it. */
    ORIGIN,
    /** Its client has spent its budget. */
    RATE_LIMIT,
    /** Its query holds the payload of an attack. */
    CONTENT_POLICY;

    /** Whether it is about who asked, and from where. */
    public boolean isOfTheDoor() {
      return this != RATE_LIMIT && this != CONTENT_POLICY;
    }

    /** The name in metrics and audit rows. */
    public String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
