package dev.aidb.issues;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until it is stepped. */
final class SteppedClock extends Clock {
  private volatile Instant now;

  private SteppedClock(Instant now) {
    this.now = now;
  }

  static SteppedClock at(String moment) {
    return new SteppedClock(Instant.parse(moment));
  }

  void step(Duration by) {
    now = now.plus(by);
  }

  void set(Instant moment) {
    now = moment;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
