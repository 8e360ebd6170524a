package dev.aidb.issues;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Map;

/** What is measured of issues. One per registry. */
public final class IssueMetrics {
  private final Counter recorded;
  private final Gauge active;
  private final Histogram resolution;
  private final CounterDataPoint dropped;

  public IssueMetrics(PrometheusRegistry registry) {
    recorded =
        Counter.builder()
            .name("aidb_issues_total")
            .help("Errors recorded by this process, each occurrence counted")
            .labelNames("severity", "category")
            .register(registry);
    active =
        Gauge.builder()
            .name("aidb_active_issues")
            .help("Issues that are neither resolved nor closed otherwise")
            .labelNames("severity")
            .register(registry);
    resolution =
        Histogram.builder()
            .name("aidb_issue_resolution_seconds")
            .help("Time from when an issue was opened to when it was resolved")
            .classicOnly()
            .classicUpperBounds(60, 600, 3_600, 21_600, 86_400, 259_200, 604_800, 2_592_000)
            .register(registry);
    dropped =
        Counter.builder()
            .name("aidb_issues_dropped_total")
            .help("Errors of the server itself that found no room to be recorded")
            .register(registry);
    startAtZero();
  }

  private void startAtZero() {
    for (Severity severity : Severity.values()) {
      active.initLabelValues(severity.wireName());
      for (Category category : Category.values()) {
        recorded.initLabelValues(severity.wireName(), category.wireName());
      }
    }
  }

  void recorded(Severity severity, Category category, long occurrences) {
    recorded.labelValues(severity.wireName(), category.wireName()).inc(occurrences);
  }

  void active(Map<Severity, Long> counts) {
    for (Severity severity : Severity.values()) {
      active.labelValues(severity.wireName()).set(counts.getOrDefault(severity, 0L));
    }
  }

  void resolved(Duration after) {
    resolution.observe(Math.max(0, after.toMillis()) / 1e3);
  }

  void dropped(long reports) {
    dropped.inc(reports);
  }
}
