package dev.aidb.guard;

import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;

/**
 * Decides who a request comes from and whether it may come in. Keys are the door's business alone:
 * behind it there are only callers.
 */
@FunctionalInterface
public interface Door {
  /**
   * Lets a request in.
   *
   * @param head the request's head
   * @param needed what the addressed route asks for; where it is {@link Scope#PUBLIC} no key is
   *     looked at, so that a wrong one can't make a health check fail
   * @return who asks; whether the caller {@linkplain Caller#may may} do what was asked is for the
   *     one who knows what that is to say (403)
   * @throws dev.aidb.core.AidbException UNAUTHORIZED without a valid key, BAD_REQUEST with two
   *     different ones, FORBIDDEN for a foreign origin or a host that is not this server's,
   *     UNAVAILABLE when keys can't be judged at the moment
   */
  Caller admit(RequestHead head, Scope needed);

  /** Whether nobody comes in without a key, so that other machines may be let near. */
  default boolean needsKeys() {
    return false;
  }
}
