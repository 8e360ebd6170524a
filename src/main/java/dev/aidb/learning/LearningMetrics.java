package dev.aidb.learning;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts what is learned, judged and served. */
final class LearningMetrics {
  private final CounterDataPoint created;
  private final CounterDataPoint merged;
  private final Map<Outcome, CounterDataPoint> feedback = new EnumMap<>(Outcome.class);
  private final CounterDataPoint suspicious;
  private final CounterDataPoint used;
  private final CounterDataPoint dropped;

  LearningMetrics(PrometheusRegistry registry) {
    Counter learned =
        Counter.builder()
            .name("aidb_solutions_learned_total")
            .help("Solutions learned, by whether they became a record or were merged into one")
            .labelNames("result")
            .register(registry);
    created = learned.labelValues("created");
    merged = learned.labelValues("merged");
    Counter told =
        Counter.builder()
            .name("aidb_solution_feedback_total")
            .help("Feedback on solutions, by the outcome told; unknown where none was")
            .labelNames("outcome")
            .register(registry);
    for (Outcome outcome : Outcome.values()) {
      feedback.put(outcome, told.labelValues(outcome.wireName()));
    }
    suspicious =
        Counter.builder()
            .name("aidb_solutions_suspicious_total")
            .help("Solutions stored with the label suspicious: they give orders to an agent")
            .register(registry)
            .labelValues();
    Counter uses =
        Counter.builder()
            .name("aidb_solution_uses_total")
            .help("Uses of solutions, written or dropped")
            .labelNames("result")
            .register(registry);
    used = uses.labelValues("written");
    dropped = uses.labelValues("dropped");
  }

  void created() {
    created.inc();
  }

  void merged() {
    merged.inc();
  }

  void judged(Outcome outcome) {
    CounterDataPoint point = feedback.get(outcome);
    if (point != null) {
      point.inc();
    }
  }

  void suspicious() {
    suspicious.inc();
  }

  void used(long uses) {
    used.inc(uses);
  }

  void useDropped(long uses) {
    dropped.inc(uses);
  }
}
