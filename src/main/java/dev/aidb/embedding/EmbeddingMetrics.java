package dev.aidb.embedding;

import dev.aidb.core.ErrorCode;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** What is measured of embeddings. One per registry. */
public final class EmbeddingMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Map<Lane, IntSupplier> queues = new ConcurrentHashMap<>();
  private final Map<Lane, Integer> queueMaxima = new ConcurrentHashMap<>();
  private final Histogram batchSize;
  private final Histogram latency;
  private final Counter cacheRequests;
  private final Counter failures;

  public EmbeddingMetrics(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("embeddings_batch_queue_size")
        .help("Jobs that wait for an embedding worker.")
        .labelNames("lane")
        .callback(to -> queues.forEach((lane, size) -> to.call(size.getAsInt(), lane.label())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("embeddings_batch_queue_max")
        .help("Jobs that may wait for an embedding worker.")
        .labelNames("lane")
        .callback(to -> queueMaxima.forEach((lane, max) -> to.call(max, lane.label())))
        .register(registry);
    batchSize =
        Histogram.builder()
            .name("embeddings_batch_size")
            .help("Texts that went to the model together.")
            .classicOnly()
            .classicUpperBounds(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
            .register(registry);
    latency =
        Histogram.builder()
            .name("embeddings_request_latency_seconds")
            .help("Time from asking for embeddings to having them, waiting included.")
            .labelNames("lane")
            .classicOnly()
            .classicUpperBounds(
                .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
            .register(registry);
    cacheRequests =
        Counter.builder()
            .name("embeddings_cache_requests_total")
            .help("Queries looked up in the cache of embeddings.")
            .labelNames("result")
            .register(registry);
    failures =
        Counter.builder()
            .name("embeddings_failures_total")
            .help("Requests for embeddings that failed, by the code of the error.")
            .labelNames("code")
            .register(registry);
    startAtZero();
  }

  private void startAtZero() {
    for (Lane lane : Lane.values()) {
      latency.initLabelValues(lane.label());
    }
    cacheRequests.initLabelValues("hit");
    cacheRequests.initLabelValues("miss");
    for (ErrorCode code :
        new ErrorCode[] {
          ErrorCode.DEADLINE_EXCEEDED,
          ErrorCode.OVERLOADED,
          ErrorCode.UNAVAILABLE,
          ErrorCode.INTERNAL
        }) {
      failures.initLabelValues(code.wireName());
    }
  }

  void watchQueue(Lane lane, IntSupplier size, int max) {
    queues.put(lane, size);
    queueMaxima.put(lane, max);
  }

  void batch(int texts) {
    batchSize.observe(texts);
  }

  void served(Lane lane, long nanos) {
    latency.labelValues(lane.label()).observe(nanos / NANOS_PER_SECOND);
  }

  void cacheLookup(boolean hit) {
    cacheRequests.labelValues(hit ? "hit" : "miss").inc();
  }

  void failed(ErrorCode code) {
    failures.labelValues(code.wireName()).inc();
  }
}
