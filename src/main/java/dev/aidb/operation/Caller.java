package dev.aidb.operation;

import java.util.Optional;
import java.util.Set;

/**
 * Who asks.
 *
 * @param id the stable identity that limits, logs and audit rows name, such as {@code local} or
 *     {@code key:01j...}
 * @param scopes what the caller may do
 * @param collections the only collections the caller may see; empty for all of them
 * @param allowance the caller's own rate limits; empty for those that are configured
 */
public record Caller(
    String id,
    Set<Scope> scopes,
    Optional<Set<String>> collections,
    Optional<Allowance> allowance) {
  public Caller {
    scopes = Set.copyOf(scopes);
    collections = collections.map(Set::copyOf);
  }

  /** A caller under the configured rate limits. */
  public Caller(String id, Set<Scope> scopes, Optional<Set<String>> collections) {
    this(id, scopes, collections, Optional.empty());
  }

  public boolean may(Scope scope) {
    return scope == Scope.PUBLIC || scopes.contains(scope);
  }

  public boolean sees(String collection) {
    return collections.isEmpty() || collections.get().contains(collection);
  }
}
