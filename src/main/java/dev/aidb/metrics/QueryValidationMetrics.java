package dev.aidb.metrics;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the validation of queries went, for the operations that take one. A request counts once as a
 * success, or once for each kind of rule it broke. Reasons are the rules' codes; one that isn't
 * declared counts as {@link #OTHER}, so that their number stays bounded.
 */
public final class QueryValidationMetrics {
  /** The reason of failures whose code isn't declared. */
  public static final String OTHER = "other";

  /** The codes of the rules that exist. */
  public static final List<String> RULES =
      List.of(
          "required",
          "unknown_field",
          "type",
          "min_length",
          "max_length",
          "max_bytes",
          "max_depth",
          "min",
          "max",
          "min_items",
          "max_items",
          "pattern",
          "range",
          "invalid",
          "blank",
          "control_characters",
          "invalid_characters",
          "not_finite",
          "all_zero",
          "dimension",
          "enum",
          "malformed_json",
          "unknown_collection",
          "content_policy",
          OTHER);

  private final Map<String, CounterDataPoint> failures = new HashMap<>();
  private final CounterDataPoint otherFailures;
  private final Counter successes;
  private final Histogram latency;
  private final Histogram size;

  public QueryValidationMetrics(PrometheusRegistry registry) {
    this(registry, RULES);
  }

  /**
   * @param reasons the codes that get a series of their own
   */
  public QueryValidationMetrics(PrometheusRegistry registry, List<String> reasons) {
    Counter failed =
        Counter.builder()
            .name("aidb_query_validation_failures_total")
            .help("Queries refused, by the rule they broke")
            .labelNames("reason")
            .register(registry);
    for (String reason : reasons) {
      failures.put(reason, failed.labelValues(reason));
    }
    otherFailures = failed.labelValues(OTHER);
    successes =
        Counter.builder()
            .name("aidb_query_validation_success_total")
            .help("Queries that passed validation")
            .register(registry);
    latency =
        Histogram.builder()
            .name("aidb_query_validation_latency_seconds")
            .help("Time to parse and validate a query")
            .classicOnly()
            .classicUpperBounds(0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.1)
            .register(registry);
    size =
        Histogram.builder()
            .name("aidb_query_size_bytes")
            .help("Size of the query text in UTF-8")
            .classicOnly()
            .classicUpperBounds(100, 500, 1_000, 5_000, 10_000)
            .register(registry);
  }

  /** The time that parsing and validating took, whatever came of it. */
  public void timed(long nanos) {
    latency.observe(nanos / 1e9);
  }

  /** A query whose text was bound, whether or not its collection exists. */
  public void sized(long bytes) {
    size.observe(bytes);
  }

  public void passed() {
    successes.inc();
  }

  /** Whether a failure is about the request's content, so that {@link #failed} counts it. */
  public static boolean isValidation(ErrorCode code) {
    return switch (code) {
      case MALFORMED_JSON, VALIDATION_FAILED, UNKNOWN_COLLECTION, SECRET_DETECTED, CONTENT_POLICY ->
          true;
      case BAD_REQUEST,
          UNAUTHORIZED,
          FORBIDDEN,
          NOT_FOUND,
          METHOD_NOT_ALLOWED,
          REQUEST_TIMEOUT,
          CONFLICT,
          PAYLOAD_TOO_LARGE,
          UNSUPPORTED_MEDIA_TYPE,
          RATE_LIMITED,
          INTERNAL,
          UNAVAILABLE,
          OVERLOADED,
          STORAGE_FULL,
          DEADLINE_EXCEEDED ->
          false;
    };
  }

  /** A query was refused for the reasons that the failure names. */
  public void failed(AidbException failure) {
    if (failure.errors().isEmpty()) {
      failures.getOrDefault(failure.code().wireName(), otherFailures).inc();
      return;
    }
    Set<String> reasons = new HashSet<>();
    for (FieldError error : failure.errors()) {
      reasons.add(failures.containsKey(error.code()) ? error.code() : OTHER);
    }
    reasons.forEach(reason -> failures.getOrDefault(reason, otherFailures).inc());
  }
}
