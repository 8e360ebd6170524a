package dev.aidb.limits;

import dev.aidb.operation.Allowance;
import java.util.ArrayList;
import java.util.List;

/** What was admitted, unit by unit in nanoseconds, and by counting what may be. */
final class Oracle {
  /** The rounding of two moments to microseconds. */
  static final long LATE_NANOS = 2_000;

  private final Windows windows;
  private final Allowance allowance;
  private final List<Long> admitted = new ArrayList<>();

  Oracle(Windows windows, Allowance allowance) {
    this.windows = windows;
    this.allowance = allowance;
  }

  /** Whether units fit at a moment when what was admitted counts for so much longer. */
  boolean fits(long moment, int units, long longer) {
    return since(moment - windows.minute() * 1_000 - longer) + units <= allowance.perMinute()
        && since(moment - windows.hour() * 1_000 - longer) + units <= allowance.perHour();
  }

  void admitted(long moment, int units) {
    for (int i = 0; i < units; i++) {
      admitted.add(moment);
    }
  }

  private long since(long last) {
    return admitted.stream().filter(moment -> moment > last).count();
  }
}
