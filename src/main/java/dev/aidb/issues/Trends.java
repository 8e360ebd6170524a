package dev.aidb.issues;

import dev.aidb.issues.AnalysisView.Day;
import dev.aidb.issues.AnalysisView.Direction;
import dev.aidb.issues.AnalysisView.Trend;
import dev.aidb.issues.HistoryRows.Span;
import dev.aidb.issues.HistoryRows.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A line through the occurrences of the days of a window, by least squares. */
final class Trends {
  private static final double CLEAR = 0.5;

  private Trends() {}

  static Trend of(Map<Integer, Tally> perDay, Span span, int days) {
    List<Day> all = new ArrayList<>(days);
    double sum = 0;
    double weighted = 0;
    double middle = (days - 1) / 2.0;
    double spread = 0;
    for (int i = 0; i < days; i++) {
      Tally tally = perDay.getOrDefault(i, Tally.NONE);
      all.add(new Day(span.from().plus(Duration.ofDays(i)), tally.issues(), tally.occurrences()));
      sum += tally.occurrences();
      weighted += (i - middle) * tally.occurrences();
      spread += (i - middle) * (i - middle);
    }
    double slope = spread == 0 ? 0 : weighted / spread;
    return new Trend(all, slope, direction(slope * (days - 1), sum / days));
  }

  private static Direction direction(double change, double mean) {
    if (Math.abs(change) <= CLEAR * mean) {
      return Direction.STEADY;
    }
    return change > 0 ? Direction.RISING : Direction.FALLING;
  }
}
