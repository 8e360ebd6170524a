package dev.aidb.limits;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntSupplier;

/** What is counted of limits. */
final class LimitMetrics {
  private final PrometheusRegistry registry;
  private final Map<Window, CounterDataPoint> rejections = new EnumMap<>(Window.class);
  private final Counter overflows;
  private final Counter redisErrors;
  private final Gauge degraded;

  LimitMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    Counter rejected =
        Counter.builder()
            .name("aidb_rate_limit_rejections_total")
            .help("Requests refused with 429, by the window that keeps the client waiting longest.")
            .labelNames("window")
            .register(registry);
    for (Window window : Window.values()) {
      rejections.put(window, rejected.labelValues(window.label()));
    }
    overflows =
        Counter.builder()
            .name("aidb_rate_limit_overflows_total")
            .help(
                "Requests refused with 503 because there is no room to remember them or their"
                    + " client.")
            .register(registry);
    redisErrors =
        Counter.builder()
            .name("aidb_redis_errors_total")
            .help("Calls of Redis that failed or took too long.")
            .register(registry);
    degraded =
        Gauge.builder()
            .name("aidb_rate_limit_degraded")
            .help("1 while limits that Redis should share are counted in this process alone.")
            .register(registry);
  }

  void clients(IntSupplier clients) {
    GaugeWithCallback.builder()
        .name("aidb_rate_limit_clients")
        .help("Clients whose requests are remembered in this process.")
        .callback(callback -> callback.call(clients.getAsInt()))
        .register(registry);
  }

  void rejected(Window window) {
    CounterDataPoint counter = rejections.get(window);
    if (counter != null) {
      counter.inc();
    }
  }

  void overflowed() {
    overflows.inc();
  }

  void redisFailed() {
    redisErrors.inc();
  }

  void degraded(boolean now) {
    degraded.set(now ? 1 : 0);
  }
}
