package dev.aidb.policy;

import dev.aidb.operation.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * Which mode holds where. A collection's own mode wins over that of a scope, and this over the
 * usual one: what a collection holds tells best what is asked of it, and a collection of exploits
 * must be searchable whoever asks.
 *
 * @param usual the mode where nothing else is said
 * @param collections modes of single collections, by name
 * @param scopes modes by the scope that the asked operation needs
 */
public record PolicySettings(
    PolicyMode usual, Map<String, PolicyMode> collections, Map<Scope, PolicyMode> scopes) {

  public PolicySettings {
    collections = Map.copyOf(collections);
    scopes = Map.copyOf(scopes);
  }

  /** The same mode everywhere. */
  public static PolicySettings everywhere(PolicyMode mode) {
    return new PolicySettings(mode, Map.of(), Map.of());
  }

  /**
   * The mode for a query.
   *
   * @param collection the collection that is asked, if it is one
   * @param scope what the operation needs
   */
  PolicyMode mode(Optional<String> collection, Scope scope) {
    return collection
        .map(collections::get)
        .or(() -> Optional.ofNullable(scopes.get(scope)))
        .orElse(usual);
  }
}
