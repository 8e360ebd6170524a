package dev.aidb.gc;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;

/** What forgetting measures. A scrape reads memory only; {@link Timetable} keeps it current. */
public final class GcMetrics {
  /** What is timed: the planning, each kind of step, the purge, and the whole. */
  enum Phase {
    PLAN,
    EXPIRED,
    LOW_VALUE,
    DUPLICATE,
    ORPHAN,
    PURGE,
    RUN;

    String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Phase of(Reason reason) {
      return switch (reason) {
        case EXPIRED -> EXPIRED;
        case LOW_VALUE -> LOW_VALUE;
        case DUPLICATE -> DUPLICATE;
        case ORPHAN, UNINDEXED -> ORPHAN;
      };
    }
  }

  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private final Counter deleted;
  private final Counter cleaned;
  private final Counter duplicates;
  private final Counter failures;
  private final Gauge storage;
  private final Gauge utilization;
  private final Gauge orphans;
  private final Gauge lastSuccess;
  private final Histogram seconds;

  public GcMetrics(PrometheusRegistry registry) {
    deleted =
        Counter.builder()
            .name("hybrid_gc_solutions_deleted_total")
            .help("Solutions removed, by why")
            .labelNames("reason")
            .register(registry);
    cleaned =
        Counter.builder()
            .name("hybrid_gc_vectors_cleaned_total")
            .help("Index entries without a row that were removed")
            .register(registry);
    duplicates =
        Counter.builder()
            .name("hybrid_gc_duplicates_found_total")
            .help("Near-duplicates that plans found, dry runs' not counted")
            .register(registry);
    failures =
        Counter.builder()
            .name("hybrid_gc_execution_failures_total")
            .help("Runs that failed, or were refused because they would have removed too much")
            .register(registry);
    storage =
        Gauge.builder()
            .name("hybrid_gc_storage_bytes")
            .help("Bytes of the tables of documents, vectors, solutions and tombstones")
            .register(registry);
    utilization =
        Gauge.builder()
            .name("hybrid_gc_storage_utilization_ratio")
            .help("Solutions, as a share of garbage_collection.max_solutions")
            .register(registry);
    orphans =
        Gauge.builder()
            .name("aidb_index_orphans")
            .help("Index entries without a row that this node's last comparison found and left")
            .register(registry);
    lastSuccess =
        Gauge.builder()
            .name("hybrid_gc_last_success_timestamp")
            .help("When the last run ended well, in seconds since 1970; 0 for never")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("hybrid_gc_execution_seconds")
            .help("Time that a run took, and its parts: the plan, batches by reason, the purge")
            .labelNames("operation")
            .classicOnly()
            .classicUpperBounds(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600)
            .register(registry);
    for (Reason reason : Reason.values()) {
      if (reason.forgets()) {
        deleted.initLabelValues(reason.wireName());
      }
    }
    for (Phase phase : Phase.values()) {
      seconds.initLabelValues(phase.wireName());
    }
  }

  void step(Step step, long nanos) {
    took(Phase.of(step.reason()), nanos);
    if (step.reason().forgets()) {
      deleted.labelValues(step.reason().wireName()).inc(step.done());
    } else if (step.reason() == Reason.ORPHAN) {
      cleaned.inc(step.done());
      orphans.dec(step.done());
    }
  }

  void took(Phase phase, long nanos) {
    seconds.labelValues(phase.wireName()).observe(nanos / NANOS);
  }

  void duplicatesFound(long count) {
    duplicates.inc(count);
  }

  void orphansFound(long count) {
    orphans.set(count);
  }

  void failed() {
    failures.inc();
  }

  void succeeded(Instant at) {
    lastSuccess.set(at.toEpochMilli() / MILLIS);
  }

  void figures(double utilizationRatio, long storageBytes) {
    utilization.set(utilizationRatio);
    storage.set(storageBytes);
  }
}
