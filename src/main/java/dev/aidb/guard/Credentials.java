package dev.aidb.guard;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Caller;
import java.util.Optional;

/** Reads the key that a request shows and has it judged. */
final class Credentials {
  /** Longer than any key; what is longer isn't looked at. */
  static final int CHARACTERS_MAX = 256;

  private static final String SCHEME = "bearer";

  private final KeyRing ring;
  private final Refusals refusals;

  Credentials(KeyRing ring, Refusals refusals) {
    this.ring = ring;
    this.refusals = refusals;
  }

  /** Whether the request shows anything that is meant as a key. */
  static boolean present(RequestHead head) {
    return head.header("authorization").isPresent() || head.header("x-api-key").isPresent();
  }

  /**
   * Whose key the request shows; empty when it shows none.
   *
   * @throws AidbException UNAUTHORIZED when the key isn't valid, BAD_REQUEST when there are two
   *     different ones (RFC 6750, section 2: a client must not use more than one way)
   */
  Optional<Caller> caller(RequestHead head) {
    Optional<String> authorization = head.header("authorization");
    Optional<String> bearer = authorization.flatMap(Credentials::bearer);
    Optional<String> plain = head.header("x-api-key").map(String::strip);
    if (bearer.isPresent() && plain.isPresent() && !bearer.equals(plain)) {
      refusals.note(refusal(head, Refusal.Reason.AMBIGUOUS, Refusal.ANONYMOUS));
      throw new AidbException(
          ErrorCode.BAD_REQUEST, "Authorization and X-API-Key hold different keys; send one");
    }
    return bearer
        .or(() -> plain)
        .or(() -> authorization.map(other -> "")) // no key, but meant to say who asks
        .map(presented -> judged(head, presented));
  }

  /**
   * What follows the scheme, whose case doesn't matter; empty when the scheme is another, which may
   * be a proxy's business.
   */
  private static Optional<String> bearer(String value) {
    boolean fits =
        value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            && (value.length() == SCHEME.length() || value.charAt(SCHEME.length()) == ' ');
    return fits ? Optional.of(value.substring(SCHEME.length()).strip()) : Optional.empty();
  }

  private Caller judged(RequestHead head, String presented) {
    boolean possible = !presented.isEmpty() && presented.length() <= CHARACTERS_MAX;
    KeyVerdict verdict =
        possible ? ring.judge(presented) : new KeyVerdict.Invalid(Refusal.Reason.MALFORMED);
    return switch (verdict) {
      case KeyVerdict.Valid(Caller caller) -> caller;
      case KeyVerdict.Invalid(Refusal.Reason reason, Optional<String> bearer) ->
          throw refused(head, reason, bearer.orElse(Refusal.ANONYMOUS));
    };
  }

  /** Notes the refusal of a request and gives the failure to answer it with. */
  AidbException refused(RequestHead head, Refusal.Reason reason) {
    return refused(head, reason, Refusal.ANONYMOUS);
  }

  private AidbException refused(RequestHead head, Refusal.Reason reason, String actor) {
    refusals.note(refusal(head, reason, actor));
    return switch (reason) {
      case MISSING ->
          unauthorized("An API key is needed; send it as Authorization: Bearer or X-API-Key");
      case EXPIRED -> unauthorized("The API key has expired");
      case REVOKED -> unauthorized("The API key was revoked");
      case MALFORMED, UNKNOWN, AMBIGUOUS -> unauthorized("The API key is not valid");
      case SCOPE -> forbidden("The key's scope doesn't cover this");
      case HOST -> forbidden("The Host header doesn't name this server; use its local address");
      case ORIGIN -> forbidden("Pages of this origin may not call the server");
      case RATE_LIMIT, CONTENT_POLICY ->
          throw new IllegalArgumentException(reason + " is no reason of the door");
    };
  }

  private static Refusal refusal(RequestHead head, Refusal.Reason reason, String actor) {
    return new Refusal(reason, actor, head.remoteAddress(), head.operation());
  }

  private static AidbException unauthorized(String detail) {
    return new AidbException(ErrorCode.UNAUTHORIZED, detail);
  }

  private static AidbException forbidden(String detail) {
    return new AidbException(ErrorCode.FORBIDDEN, detail);
  }
}
