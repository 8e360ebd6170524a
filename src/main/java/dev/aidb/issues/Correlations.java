package dev.aidb.issues;

import dev.aidb.issues.AnalysisView.Correlation;
import dev.aidb.issues.HistoryRows.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Finds issues that happen within the same five minutes far more often than two that know nothing
 * of each other would. The work is the square of the number of issues, which the caller bounds.
 */
final class Correlations {
  static final int LEAST = 3;
  static final double RARE = 1e-4;
  static final double OVERLAP = 0.2;

  private Correlations() {}

  /** The pairs, those with the greatest overlap first. */
  static List<Correlation> in(List<History> hours, Span span, int limit) {
    Map<UUID, BitSet> times = new LinkedHashMap<>();
    for (History hour : hours) {
      BitSet set = times.computeIfAbsent(hour.issue(), issue -> new BitSet());
      int first =
          (int) Duration.between(span.from(), hour.hour()).toHours() * History.FIVES_PER_HOUR;
      for (int five = 0; five < History.FIVES_PER_HOUR; five++) {
        if ((hour.fives() & (1 << five)) != 0) {
          set.set(first + five);
        }
      }
    }
    double slots = Math.max(1, span.hours() * History.FIVES_PER_HOUR);
    List<UUID> issues = List.copyOf(times.keySet());
    List<Correlation> found = new ArrayList<>();
    for (int i = 0; i < issues.size(); i++) {
      for (int j = i + 1; j < issues.size(); j++) {
        BitSet a = times.getOrDefault(issues.get(i), new BitSet());
        BitSet b = times.getOrDefault(issues.get(j), new BitSet());
        BitSet both = (BitSet) a.clone();
        both.and(b);
        int together = both.cardinality();
        int either = a.cardinality() + b.cardinality() - together;
        double expected = a.cardinality() * (double) b.cardinality() / slots;
        double overlap = together / (double) Math.max(1, either);
        if (together >= LEAST && overlap >= OVERLAP && Poisson.tail(together, expected) < RARE) {
          found.add(new Correlation(issues.get(i), issues.get(j), together, expected, overlap));
        }
      }
    }
    found.sort(
        Comparator.comparingDouble(Correlation::overlap)
            .thenComparingInt(Correlation::together)
            .reversed()
            .thenComparing(Correlation::first)
            .thenComparing(Correlation::second));
    return found.subList(0, Math.min(limit, found.size()));
  }
}
