package dev.aidb.core;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * UUIDv7 (RFC 9562, section 5.7) with a 12-bit counter in {@code rand_a}, so that the ids of one
 * source ascend strictly even within a millisecond and when the clock steps back. Thread-safe.
 */
public final class UuidV7Source implements IdSource {
  private static final int COUNTER_MAX = 0xFFF;

  private final Clock clock;
  private final RandomGenerator random;
  private long lastMillis;
  private int counter;

  public UuidV7Source(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** A source on the system's clock and its secure randomness. */
  public static UuidV7Source system() {
    return new UuidV7Source(Clock.systemUTC(), new SecureRandom());
  }

  @Override
  public UUID next() {
    long low = random.nextLong();
    long millis;
    int count;
    synchronized (this) {
      long now = clock.millis();
      if (now > lastMillis) {
        lastMillis = now;
        counter = (int) (low >>> 62); // a small random start leaves room to count up
      } else if (counter == COUNTER_MAX) {
        lastMillis++; // borrow from the future rather than repeat
        counter = 0;
      } else {
        counter++;
      }
      millis = lastMillis;
      count = counter;
    }
    long high = (millis << 16) | 0x7000L | count;
    return new UUID(high, (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L);
  }
}
