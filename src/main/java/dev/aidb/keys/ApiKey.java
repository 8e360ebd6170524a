package dev.aidb.keys;

import dev.aidb.operation.Allowance;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a key but its secret.
 *
 * @param id the public part of its text
 * @param name what people call it; unique among those that aren't revoked
 * @param scope how much it may do
 * @param collections the only collections it sees; empty for all
 * @param allowance its own rate limits; empty for the configured ones
 * @param createdAt when it was made
 * @param createdBy by whom
 * @param rotatedAt when its secret was last changed
 * @param overlapUntil until when the secret before that is valid too
 * @param expiresAt when it ends; empty for never
 * @param revokedAt when it was revoked
 * @param lastUsedAt when it was last used, to about half a minute
 */
public record ApiKey(
    String id,
    String name,
    KeyScope scope,
    Optional<Set<String>> collections,
    Optional<Allowance> allowance,
    Instant createdAt,
    String createdBy,
    Optional<Instant> rotatedAt,
    Optional<Instant> overlapUntil,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {

  /** Whether it lets anybody in. */
  public enum State {
    ACTIVE,
    /** Active, and the secret before the last rotation is valid too. */
    ROTATING,
    EXPIRED,
    REVOKED;

    /** The name in answers. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Its state at that moment. */
  public State state(Instant now) {
    if (revokedAt.isPresent()) {
      return State.REVOKED;
    }
    if (expiresAt.isPresent() && !now.isBefore(expiresAt.get())) {
      return State.EXPIRED;
    }
    return overlapUntil.isPresent() && now.isBefore(overlapUntil.get())
        ? State.ROTATING
        : State.ACTIVE;
  }
}
