package dev.aidb.guard;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts the requests that were not let in. */
public final class AuthMetrics implements Refusals {
  private final Map<Refusal.Reason, CounterDataPoint> failures =
      new EnumMap<>(Refusal.Reason.class);

  public AuthMetrics(PrometheusRegistry registry) {
    Counter counter =
        Counter.builder()
            .name("aidb_auth_failures_total")
            .help("Requests that were not let in, by the reason")
            .labelNames("reason")
            .register(registry);
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      if (reason.isOfTheDoor()) { // the others have metrics of their own
        failures.put(reason, counter.labelValues(reason.wireName()));
      }
    }
  }

  @Override
  public void note(Refusal refusal) {
    CounterDataPoint point = failures.get(refusal.reason());
    if (point != null) {
      point.inc();
    }
  }
}
