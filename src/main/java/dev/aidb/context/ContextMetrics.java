package dev.aidb.context;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What is measured of contexts and sessions. */
public final class ContextMetrics {
  /** The parts of the way from a question to a context. */
  enum Stage {
    RETRIEVE,
    RERANK,
    ASSEMBLE,
    GENERATE
  }

  private static final double NANOS = 1e9;

  private final Map<Stage, DistributionDataPoint> stages = new EnumMap<>(Stage.class);
  private final Histogram tokens;
  private final Gauge sessions;
  private final CounterDataPoint expired;
  private final CounterDataPoint displaced;
  private final CounterDataPoint deleted;
  private final CounterDataPoint answered;
  private final CounterDataPoint unanswered;

  public ContextMetrics(PrometheusRegistry registry) {
    Histogram seconds =
        Histogram.builder()
            .name("aidb_context_stage_seconds")
            .help("Time that a part of the way from a question to a context took.")
            .labelNames("stage")
            .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30)
            .register(registry);
    for (Stage stage : Stage.values()) {
      stages.put(stage, seconds.labelValues(stage.name().toLowerCase(Locale.ROOT)));
    }
    tokens =
        Histogram.builder()
            .name("aidb_context_tokens")
            .help("Tokens (o200k_base) of the contexts that were served.")
            .classicUpperBounds(0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000)
            .register(registry);
    sessions =
        Gauge.builder()
            .name("aidb_context_sessions")
            .help("Sessions in the database when they were last swept.")
            .register(registry);
    Counter ended =
        Counter.builder()
            .name("aidb_context_sessions_ended_total")
            .help("Sessions that this node deleted, by why.")
            .labelNames("reason")
            .register(registry);
    expired = ended.labelValues("expired");
    displaced = ended.labelValues("displaced");
    deleted = ended.labelValues("deleted");
    Counter generated =
        Counter.builder()
            .name("aidb_context_generated_total")
            .help("Answers that the language model was asked for, by whether it gave one.")
            .labelNames("result")
            .register(registry);
    answered = generated.labelValues("answered");
    unanswered = generated.labelValues("failed");
  }

  /** Measures a stage from here to the closing. */
  Timing timing(Stage stage) {
    long start = System.nanoTime();
    return () -> {
      DistributionDataPoint point = stages.get(stage);
      if (point != null) {
        point.observe((System.nanoTime() - start) / NANOS);
      }
    };
  }

  /** A measurement that goes on. */
  interface Timing extends AutoCloseable {
    @Override
    void close();
  }

  void served(int count) {
    tokens.observe(count);
  }

  void sessions(long count) {
    sessions.set(count);
  }

  void expired(int count) {
    expired.inc(count);
  }

  void displaced(int count) {
    displaced.inc(count);
  }

  void deleted() {
    deleted.inc();
  }

  void generated(boolean answer) {
    (answer ? answered : unanswered).inc();
  }
}
