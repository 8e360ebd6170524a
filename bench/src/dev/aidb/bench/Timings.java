package dev.aidb.bench;

import java.util.Arrays;
import java.util.Collection;

/** Durations of one kind of thing, in nanoseconds. */
final class Timings {
  private static final int FIRST_SIZE = 1_024;

  private long[] nanos = new long[FIRST_SIZE];
  private int count;
  private boolean sorted;

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = duration;
    sorted = false;
  }

  void addAll(Timings others) {
    for (int i = 0; i < others.count; i++) {
      add(others.nanos[i]);
    }
  }

  int count() {
    return count;
  }

  /** The duration that so much of all (0..1) don't exceed, in milliseconds. */
  double millis(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, count);
      sorted = true;
    }
    int rank = (int) Math.ceil(share * count);
    return nanos[Math.clamp(rank - 1, 0, count - 1)] / 1e6;
  }

  double p50() {
    return millis(0.50);
  }

  double p99() {
    return millis(0.99);
  }

  /** The middle of some numbers, which a few disturbed rounds don't move. */
  static double median(Collection<Double> numbers) {
    double[] order = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = order.length / 2;
    return order.length % 2 == 1 ? order[half] : (order[half - 1] + order[half]) / 2;
  }
}
