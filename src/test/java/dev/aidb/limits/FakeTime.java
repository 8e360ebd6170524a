package dev.aidb.limits;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that stands still until it is told to go on. */
final class FakeTime implements LongSupplier {
  private final AtomicLong nanos;

  FakeTime(long start) {
    nanos = new AtomicLong(start);
  }

  void advanceNanos(long by) {
    nanos.addAndGet(by);
  }

  void advanceMicros(long by) {
    advanceNanos(by * 1_000);
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }
}
