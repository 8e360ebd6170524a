package dev.aidb.store;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.ToIntFunction;

/** The figures of the connection pool, read when they are scraped. */
public final class StoreMetrics {
  private StoreMetrics() {}

  /** Adds this database's figures to a registry, once. */
  public static void register(PrometheusRegistry registry, Database database) {
    gauge(
        registry,
        database,
        "aidb_db_pool_size",
        "Database connections open, in use or idle.",
        PoolFigures::open);
    gauge(
        registry,
        database,
        "aidb_db_pool_checked_out",
        "Database connections in use.",
        PoolFigures::checkedOut);
    gauge(
        registry,
        database,
        "aidb_db_pool_overflow",
        "Database connections open beyond the number that is kept.",
        PoolFigures::overflow);
  }

  private static void gauge(
      PrometheusRegistry registry,
      Database database,
      String name,
      String help,
      ToIntFunction<PoolFigures> figure) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(figure.applyAsInt(database.pool())))
        .register(registry);
  }
}
