package dev.aidb.gc;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The counters and gauges of a registry as lines of text. */
final class Samples {
  private Samples() {}

  static Set<String> of(PrometheusRegistry registry) {
    Set<String> samples = new TreeSet<>();
    registry
        .scrape()
        .forEach(metric ->
            metric
                .getDataPoints()
                .forEach(point -> {
                  String name = metric.getMetadata().getName() + labels(point);
                  switch (point) {
                    case CounterDataPointSnapshot c -> samples.add(name + " " + c.getValue());
                    case GaugeDataPointSnapshot g -> samples.add(name + " " + g.getValue());
                    default -> {}
                  }
                }));
    return samples;
  }

  private static String labels(DataPointSnapshot point) {
    return point.getLabels().stream()
        .map(label -> label.getName() + "=" + label.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
