package dev.aidb.audit;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Counts audit rows. */
public final class AuditMetrics {
  private final CounterDataPoint written;
  private final CounterDataPoint lost;

  public AuditMetrics(PrometheusRegistry registry) {
    Counter counter =
        Counter.builder()
            .name("aidb_audit_events_total")
            .help("Audit events, by whether their row was written or lost")
            .labelNames("result")
            .register(registry);
    written = counter.labelValues("written");
    lost = counter.labelValues("lost");
  }

  void written(int rows) {
    written.inc(rows);
  }

  void lost(int rows) {
    lost.inc(rows);
  }
}
