package dev.aidb.http;

import dev.aidb.core.AidbException;
import java.time.Duration;
import java.util.Optional;

/** The header that tells when to come back. */
public final class RetryAfter {
  /** The header's name. */
  public static final String HEADER = "Retry-After";

  private RetryAfter() {}

  /** Its value in whole seconds, at least 1; empty for a failure that stays. */
  public static Optional<String> of(AidbException failure) {
    if (!failure.code().retryable()) {
      return Optional.empty();
    }
    Duration wait = failure.retryAfter().orElse(Duration.ofSeconds(1));
    return Optional.of(Long.toString(Math.max(1, wait.plusNanos(999_999_999).toSeconds())));
  }
}
