package dev.aidb.projection;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.index.VectorIndex;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How the index does, as of the last look: what probes, {@code /health/detailed} and scrapes read
 * without asking the database. Thread-safe.
 */
public final class IndexFigures {
  private final VectorIndex index;
  private final Projection projection;
  private final Supplier<List<Space>> spaces;
  private volatile Duration lag = Duration.ZERO;
  private volatile Map<Space, Long> records = Map.of();

  /**
   * A collection whose vectors can be compared.
   *
   * @param dimension components of a vector, each of 4 bytes
   */
  public record Space(String collection, int dimension) {}

  /**
   * @param spaces all collections there are
   */
  public IndexFigures(
      VectorIndex index,
      Projection projection,
      Supplier<List<Space>> spaces,
      PrometheusRegistry registry) {
    this.index = index;
    this.projection = projection;
    this.spaces = spaces;
    GaugeWithCallback.builder()
        .name("aidb_index_lag_seconds")
        .help("Age of the oldest change that the index has yet to see")
        .callback(gauge -> gauge.call(lag.toMillis() / 1000.0))
        .register(registry);
    GaugeWithCallback.builder()
        .name("aidb_vector_storage_bytes")
        .help("Size of the vectors that the index holds, at 4 bytes a component")
        .labelNames("collection")
        .callback(gauge ->
            records.forEach(
                (space, count) -> gauge.call(4.0 * space.dimension * count, space.collection)))
        .register(registry);
  }

  /**
   * Looks again. Of a database that is away nothing new is learned, which its own probe tells.
   *
   * @return how far the index is behind
   */
  public Duration refresh() {
    if (!projection.ready()) {
      return lag;
    }
    try {
      lag = projection.lag();
      Map<Space, Long> counted = new LinkedHashMap<>();
      spaces.get().forEach(space -> counted.put(space, index.count(space.collection)));
      records = counted;
    } catch (AidbException e) {
      if (e.code() != ErrorCode.UNAVAILABLE && e.code() != ErrorCode.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
    return lag;
  }

  /** The same for people, by name. */
  public Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("ready", projection.ready());
    described.put("lag_seconds", lag.toMillis() / 1000.0);
    described.put("records", records.values().stream().mapToLong(Long::longValue).sum());
    projection.trouble().ifPresent(why -> described.put("trouble", why));
    return described;
  }
}
