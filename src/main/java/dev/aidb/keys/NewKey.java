package dev.aidb.keys;

import dev.aidb.operation.Allowance;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A key to make.
 *
 * @param name 1 to 64 of a-z, 0-9, dot, _ and -, a letter or digit first
 * @param scope how much it may do
 * @param collections the only collections it sees, at most 100; empty for all
 * @param allowance its own rate limits; empty for the configured ones
 * @param expiresAt when it ends; empty for never
 */
public record NewKey(
    String name,
    KeyScope scope,
    Optional<Set<String>> collections,
    Optional<Allowance> allowance,
    Optional<Instant> expiresAt) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern COLLECTION = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final int COLLECTIONS_MAX = 100;

  public NewKey {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a key's name has 1 to 64 of a-z, 0-9, dot, _ and -, a letter or digit first");
    }
    collections = collections.map(Set::copyOf);
    if (collections.isPresent()) {
      Set<String> names = collections.get();
      if (names.isEmpty() || names.size() > COLLECTIONS_MAX) {
        throw new IllegalArgumentException("a key is limited to 1 to 100 collections, or to none");
      }
      if (!names.stream().allMatch(collection -> COLLECTION.matcher(collection).matches())) {
        throw new IllegalArgumentException(
            "a collection's name has 1 to 64 of a-z, 0-9, _ and -, a letter or digit first");
      }
      if (scope == KeyScope.ADMIN) {
        throw new IllegalArgumentException(
            "an admin key can't be limited to collections: administration concerns all of them");
      }
    }
  }
}
