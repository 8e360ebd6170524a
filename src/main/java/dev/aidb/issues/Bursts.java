package dev.aidb.issues;

import dev.aidb.issues.AnalysisView.Burst;
import dev.aidb.issues.HistoryRows.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Finds hours in which an issue happened far more often than in the rest of the window: so often
 * that a Poisson process at the rate of the other hours does it less than once in ten thousand
 * hours.
 */
final class Bursts {
  static final long LEAST = 5;
  static final double RARE = 1e-4;

  private Bursts() {}

  /** The bursts, the least likely first; an issue's hours are judged against its own. */
  static List<Burst> in(List<History> hours, Span span, int limit) {
    Map<UUID, Long> totals = new HashMap<>();
    hours.forEach(hour -> totals.merge(hour.issue(), hour.occurrences(), Long::sum));
    List<Burst> bursts = new ArrayList<>();
    for (History hour : hours) {
      long total = totals.getOrDefault(hour.issue(), 0L);
      double expected = (total - hour.occurrences()) / (double) Math.max(1, span.hours() - 1);
      // An hour is never judged against nothing: one elsewhere in the window is taken for granted.
      double mean = Math.max(expected, 1.0 / Math.max(1, span.hours()));
      double probability = Poisson.tail(hour.occurrences(), mean);
      if (hour.occurrences() >= LEAST && probability < RARE) {
        bursts.add(new Burst(hour.issue(), hour.hour(), hour.occurrences(), expected, probability));
      }
    }
    bursts.sort(
        Comparator.comparingDouble(Burst::probability)
            .thenComparing(Comparator.comparingLong(Burst::occurrences).reversed())
            .thenComparing(Burst::hour));
    return bursts.subList(0, Math.min(limit, bursts.size()));
  }
}
