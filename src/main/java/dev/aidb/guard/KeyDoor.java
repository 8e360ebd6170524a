package dev.aidb.guard;

import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import java.util.Optional;
import java.util.Set;

/**
 * The door of a server where every request but a public one needs a key; it may stand at any
 * address. The {@code Host} isn't checked, since such a server goes by names that it doesn't know;
 * an {@code Origin} must be an allowed one or that of the server's own pages.
 */
public final class KeyDoor implements Door {
  private static final Caller ANYONE = new Caller(Refusal.ANONYMOUS, Set.of(), Optional.empty());

  private final Premises premises;
  private final Credentials credentials;

  /**
   * @param allowedOrigins further origins whose pages may call, such as {@code
   *     https://console.example}
   * @param ring the keys that are valid
   * @param refusals is told of what is refused
   */
  public KeyDoor(Set<String> allowedOrigins, KeyRing ring, Refusals refusals) {
    this.premises = Premises.anyHost(allowedOrigins);
    this.credentials = new Credentials(ring, refusals);
  }

  @Override
  public Caller admit(RequestHead head, Scope needed) {
    Optional<Refusal.Reason> objection = premises.objection(head);
    if (objection.isPresent()) {
      throw credentials.refused(head, objection.get());
    }
    if (needed == Scope.PUBLIC) {
      return ANYONE;
    }
    return credentials
        .caller(head)
        .orElseThrow(() -> credentials.refused(head, Refusal.Reason.MISSING));
  }

  @Override
  public boolean needsKeys() {
    return true;
  }
}
