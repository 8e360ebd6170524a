package dev.aidb.policy;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;

/** How many queries held payloads, by kind, whatever became of them. */
public final class ContentPolicyMetrics {
  private final Counter detected;

  public ContentPolicyMetrics(PrometheusRegistry registry) {
    detected =
        Counter.builder()
            .name("aidb_malicious_patterns_detected_total")
            .help("Queries that held a payload of an attack, by its kind")
            .labelNames("pattern")
            .register(registry);
    for (AttackKind kind : AttackKind.values()) {
      detected.initLabelValues(kind.wireName());
    }
  }

  /** One query held payloads of these kinds. */
  void detected(Set<AttackKind> kinds) {
    kinds.forEach(kind -> detected.labelValues(kind.wireName()).inc());
  }
}
