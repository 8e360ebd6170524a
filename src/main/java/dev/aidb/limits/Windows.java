package dev.aidb.limits;

import java.time.Duration;

/**
 * How long the two windows are, in microseconds. Outside of tests a minute is a minute.
 *
 * @param minute the shorter one, at least a millisecond
 * @param hour the longer one, at most 4,000 s, because a log holds moments in 32 bits
 */
record Windows(long minute, long hour) {
  private static final long HOUR_MAX = 4_000_000_000L;

  Windows {
    if (minute < 1_000 || hour < minute || hour > HOUR_MAX) {
      throw new IllegalArgumentException("windows from 1 ms to 4000 s, the shorter one first");
    }
  }

  static Windows usual() {
    return of(Duration.ofMinutes(1), Duration.ofHours(1));
  }

  static Windows of(Duration minute, Duration hour) {
    return new Windows(minute.toNanos() / 1_000, hour.toNanos() / 1_000);
  }

  long length(Window window) {
    return switch (window) {
      case MINUTE -> minute;
      case HOUR -> hour;
    };
  }
}
