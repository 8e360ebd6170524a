package dev.aidb.health;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * What health measures. The service is {@code aidb} for its own checks and the dependency's name
 * for a probe, whose {@code check_type} is {@code dependency}.
 */
public final class HealthMetrics {
  private static final String SERVICE = "aidb";
  private static final String DEPENDENCY = "dependency";

  private final Counter total;
  private final Histogram duration;
  private final Gauge service;
  private final Gauge dependency;

  public HealthMetrics(PrometheusRegistry registry) {
    total =
        Counter.builder()
            .name("health_check_total")
            .help("Health checks answered and probes run, by what they found")
            .labelNames("service", "check_type", "status")
            .register(registry);
    duration =
        Histogram.builder()
            .name("health_check_duration_seconds")
            .help("Time that a health check or a probe took")
            .labelNames("service", "check_type")
            .classicOnly()
            .classicUpperBounds(0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3, 5)
            .register(registry);
    service =
        Gauge.builder()
            .name("service_health_status")
            .help("1 healthy, 0.5 degraded, 0 unhealthy")
            .labelNames("service", "check_type")
            .register(registry);
    dependency =
        Gauge.builder()
            .name("dependency_health_status")
            .help("1 healthy, 0 unhealthy or not known yet")
            .labelNames("dependency", "check_type")
            .register(registry);
    for (CheckType type : CheckType.values()) {
      for (CheckStatus status : CheckStatus.values()) {
        total.labelValues(SERVICE, type.wireName(), status.wireName());
      }
      service.labelValues(SERVICE, type.wireName()).set(0);
      duration.labelValues(SERVICE, type.wireName());
    }
  }

  void answered(CheckType type, CheckStatus status, long nanos) {
    total.labelValues(SERVICE, type.wireName(), status.wireName()).inc();
    duration.labelValues(SERVICE, type.wireName()).observe(nanos / 1e9);
    service.labelValues(SERVICE, type.wireName()).set(status.value());
  }

  void probed(String name, boolean healthy, long nanos) {
    CheckStatus status = healthy ? CheckStatus.HEALTHY : CheckStatus.UNHEALTHY;
    total.labelValues(name, DEPENDENCY, status.wireName()).inc();
    duration.labelValues(name, DEPENDENCY).observe(nanos / 1e9);
  }

  void dependency(String name, Finding finding) {
    total.initLabelValues(name, DEPENDENCY, CheckStatus.HEALTHY.wireName());
    total.initLabelValues(name, DEPENDENCY, CheckStatus.UNHEALTHY.wireName());
    dependency.labelValues(name, CheckType.READINESS.wireName()).set(finding.healthy() ? 1 : 0);
  }
}
