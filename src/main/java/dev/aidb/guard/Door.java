package dev.aidb.guard;

import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;

/**
 * Decides who a request comes from and whether it may come in. Keys, and what they may do, are the
 * door's business alone: behind it there are only callers.
 */
@FunctionalInterface
public interface Door {
  /**
   * Lets a request in.
   *
   * @param head the request's head
   * @param needed what the addressed route asks for; where it is {@link Scope#PUBLIC} no key is
   *     looked at, so that a wrong one can't make a health check fail
   * @return who asks, with at least the needed scope
   * @throws dev.aidb.core.AidbException UNAUTHORIZED without a valid key, FORBIDDEN for a foreign
   *     origin, a host that is not this server's, or too little scope
   */
  Caller admit(RequestHead head, Scope needed);
}
