package dev.aidb.limits;

import java.util.Map;

/**
 * What a limited answer tells of the limits, in the fields {@code RateLimit-Policy} and {@code
 * RateLimit} of draft-ietf-httpapi-ratelimit-headers-10: {@code q} units in {@code w} seconds;
 * {@code r} units remain, and in {@code t} seconds there will be more.
 */
final class RateLimitFields {
  private static final long MICROS = 1_000_000;

  private RateLimitFields() {}

  static Map<String, String> of(Decision decision, Windows windows) {
    StringBuilder policy = new StringBuilder(64);
    StringBuilder state = new StringBuilder(64);
    for (Window window : Window.values()) {
      if (window.ordinal() > 0) {
        policy.append(", ");
        state.append(", ");
      }
      Standing standing = decision.in(window);
      name(policy, window).append(";q=").append(standing.limit());
      policy.append(";w=").append(seconds(windows.length(window)));
      name(state, window).append(";r=").append(standing.remaining());
      if (standing.moreIn() > 0) {
        state.append(";t=").append(seconds(standing.moreIn()));
      }
    }
    return Map.of("RateLimit-Policy", policy.toString(), "RateLimit", state.toString());
  }

  private static StringBuilder name(StringBuilder field, Window window) {
    return field.append('"').append(window.label()).append('"');
  }

  /** Whole seconds, rounded up, so that who waits that long has waited long enough. */
  static long seconds(long micros) {
    return Math.max(1, Math.ceilDiv(micros, MICROS));
  }
}
