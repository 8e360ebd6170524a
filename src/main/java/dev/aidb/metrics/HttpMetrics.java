package dev.aidb.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP server measures. An endpoint is a route's template, never a path that a client made
 * up; unknown paths share {@link #UNMATCHED}, unknown methods {@link #OTHER}.
 */
public final class HttpMetrics {
  /** The endpoint of requests that no route takes. */
  public static final String UNMATCHED = "unmatched";

  /** The method of requests whose method is none of HTTP's usual ones. */
  public static final String OTHER = "OTHER";

  private static final int STATUS_MAX = 599;

  private final Counter requests;
  private final Counter errors;
  private final Histogram latency;
  private final Histogram bodySize;
  private final Gauge inFlight;
  private final Counter displaced;
  private volatile IntSupplier connections = () -> 0;

  public HttpMetrics(PrometheusRegistry registry) {
    requests =
        Counter.builder()
            .name("aidb_http_requests_total")
            .help("Requests answered, by route, method and status (499: the client went away)")
            .labelNames("endpoint", "method", "status")
            .register(registry);
    errors =
        Counter.builder()
            .name("aidb_http_request_errors_total")
            .help("Requests that the server failed to serve (status 500 and above)")
            .labelNames("endpoint", "method")
            .register(registry);
    latency =
        Histogram.builder()
            .name("aidb_http_request_latency_seconds")
            .help("Time from a request's head to the end of its answer")
            .labelNames("endpoint", "method")
            .classicOnly()
            .classicUpperBounds(
                0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
            .register(registry);
    bodySize =
        Histogram.builder()
            .name("aidb_http_request_body_bytes")
            .help("Size of the bodies of requests, streams as a whole")
            .labelNames("endpoint", "method")
            .classicOnly()
            .classicUpperBounds(100, 1_000, 10_000, 100_000, 1_000_000, 8_388_608)
            .register(registry);
    inFlight =
        Gauge.builder()
            .name("aidb_http_requests_in_flight")
            .help("Requests being served at this moment")
            .register(registry);
    displaced =
        Counter.builder()
            .name("aidb_http_connections_displaced_total")
            .help("Idle connections that were closed to make room for new ones")
            .register(registry);
    GaugeWithCallback.builder()
        .name("aidb_http_connections")
        .help("Connections of clients that are open")
        .callback(gauge -> gauge.call(connections.getAsInt()))
        .register(registry);
  }

  /** Tells how many connections are open; called once. */
  public void watchConnections(IntSupplier open) {
    connections = open;
  }

  /** An idle connection was closed for a new one. */
  public void connectionDisplaced() {
    displaced.inc();
  }

  /**
   * The series of one route and method, resolved once so that recording costs no lookup.
   *
   * @param template the route's template or {@link #UNMATCHED}
   * @param method an HTTP method or {@link #OTHER}
   */
  public Endpoint endpoint(String template, String method) {
    return new Endpoint(template, method);
  }

  /** One route and method. */
  public final class Endpoint {
    private final String template;
    private final String method;
    private final CounterDataPoint failed;
    private final DistributionDataPoint seconds;
    private final DistributionDataPoint bytes;
    private final AtomicReferenceArray<@Nullable CounterDataPoint> byStatus =
        new AtomicReferenceArray<>(STATUS_MAX + 1);

    private Endpoint(String template, String method) {
      this.template = template;
      this.method = method;
      failed = errors.labelValues(template, method);
      seconds = latency.labelValues(template, method);
      bytes = bodySize.labelValues(template, method);
    }

    /** A request came in; {@link #finished} must follow. */
    public void started() {
      inFlight.inc();
    }

    /**
     * A request was answered.
     *
     * @param status the status, 100..599
     * @param nanos the time it took
     * @param bodyBytes the size of its body, 0 for none
     */
    public void finished(int status, long nanos, long bodyBytes) {
      inFlight.dec();
      count(status).inc();
      if (status >= 500) {
        failed.inc();
      }
      seconds.observe(nanos / 1e9);
      if (bodyBytes > 0) {
        bytes.observe(bodyBytes);
      }
    }

    private CounterDataPoint count(int status) {
      CounterDataPoint known = byStatus.get(status);
      if (known == null) {
        known = requests.labelValues(template, method, Integer.toString(status));
        byStatus.set(status, known);
      }
      return known;
    }
  }
}
