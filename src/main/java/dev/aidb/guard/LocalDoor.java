package dev.aidb.guard;

import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import java.util.Optional;
import java.util.Set;

/**
 * The door of a server that only its own machine can reach. Who shows no key is {@code local} and
 * may do everything; a valid key makes its bearer the key's caller, with no more than the key's
 * scope; any other key is wrong (401), so that a client which believes itself known finds out.
 *
 * <p>Web pages are kept out, for a browser runs on the same machine: a {@code Host} that isn't this
 * server's is refused (DNS rebinding), and so is an {@code Origin} other than this server's or the
 * allowed ones (cross-site requests).
 */
public final class LocalDoor implements Door {
  private static final Caller LOCAL =
      new Caller("local", Set.of(Scope.READ, Scope.WRITE, Scope.ADMIN), Optional.empty());
  private static final Caller ANYONE = new Caller(Refusal.ANONYMOUS, Set.of(), Optional.empty());

  private final Premises premises;
  private final Credentials credentials;

  /**
   * @param boundHost the host name or address that the server was told to listen on
   * @param allowedOrigins further origins whose pages may call, such as {@code
   *     http://localhost:5173}
   * @param ring the keys that are valid
   * @param refusals is told of what is refused
   */
  public LocalDoor(String boundHost, Set<String> allowedOrigins, KeyRing ring, Refusals refusals) {
    this.premises = Premises.local(boundHost, allowedOrigins);
    this.credentials = new Credentials(ring, refusals);
  }

  /** A door for which every key is wrong. */
  public LocalDoor(String boundHost, Set<String> allowedOrigins) {
    this(boundHost, allowedOrigins, KeyRing.empty(), Refusals.unheeded());
  }

  @Override
  public Caller admit(RequestHead head, Scope needed) {
    Optional<Refusal.Reason> objection = premises.objection(head);
    if (objection.isPresent()) {
      throw credentials.refused(head, objection.get());
    }
    return needed == Scope.PUBLIC ? ANYONE : credentials.caller(head).orElse(LOCAL);
  }
}
