package dev.aidb.issues;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * What happened of one issue in one hour.
 *
 * @param hour its beginning
 * @param fives a bit for each five minutes in which it happened, the lowest the first
 */
record History(UUID issue, Instant hour, long occurrences, int fives) {
  static final Duration FIVE = Duration.ofMinutes(5);
  static final int FIVES_PER_HOUR = 12;

  /** The beginning of the hour that holds the moment. */
  static Instant hourOf(Instant moment) {
    return moment.truncatedTo(ChronoUnit.HOURS);
  }

  /** The beginning of the five minutes that hold the moment. */
  static Instant fiveOf(Instant moment) {
    long seconds = FIVE.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), seconds) * seconds);
  }

  /** The bit of a moment in its hour. */
  static int bitOf(Instant moment) {
    long into = Duration.between(hourOf(moment), moment).toMinutes();
    return 1 << (into / FIVE.toMinutes());
  }
}
