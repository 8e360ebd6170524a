package dev.aidb.keys;

import dev.aidb.operation.Scope;
import java.util.Locale;
import java.util.Set;

/** How much a key may do; each includes those before it. */
public enum KeyScope {
  READ(Set.of(Scope.READ)),
  WRITE(Set.of(Scope.READ, Scope.WRITE)),
  ADMIN(Set.of(Scope.READ, Scope.WRITE, Scope.ADMIN));

  private final Set<Scope> scopes;

  KeyScope(Set<Scope> scopes) {
    this.scopes = scopes;
  }

  /** All that it includes. */
  Set<Scope> scopes() {
    return scopes;
  }

  /** The name in rows and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static KeyScope of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
