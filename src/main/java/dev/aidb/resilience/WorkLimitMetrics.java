package dev.aidb.resilience;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What a {@link WorkLimit} is doing. */
public final class WorkLimitMetrics {
  private WorkLimitMetrics() {}

  public static void register(PrometheusRegistry registry, WorkLimit limit) {
    GaugeWithCallback.builder()
        .name("aidb_requests_working")
        .help("Requests that are being worked on.")
        .callback(gauge -> gauge.call(limit.working()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("aidb_requests_waiting")
        .help("Requests that wait for their turn.")
        .callback(gauge -> gauge.call(limit.waiting()))
        .register(registry);
    CounterWithCallback.builder()
        .name("aidb_requests_shed_total")
        .help("Requests that were turned away because the server had too much to do.")
        .callback(counter -> counter.call(limit.refused()))
        .register(registry);
  }
}
