package dev.aidb.guard;

import dev.aidb.operation.Scope;
import java.util.Locale;

/** The value of {@code WWW-Authenticate} that goes with a refusal (RFC 6750, section 3). */
public final class Challenge {
  /** The header's name. */
  public static final String HEADER = "WWW-Authenticate";

  private static final String BEARER = "Bearer realm=\"aidb\"";

  private Challenge() {}

  /** For a 401: it tells a client that showed a wrong key from one that showed none. */
  public static String unauthorized(RequestHead head) {
    return Credentials.present(head) ? BEARER + ", error=\"invalid_token\"" : BEARER;
  }

  /** For a 403 of a valid key whose scope is too small. */
  public static String insufficient(Scope needed) {
    return BEARER
        + ", error=\"insufficient_scope\", scope=\""
        + needed.name().toLowerCase(Locale.ROOT)
        + "\"";
  }
}
