package dev.aidb.keys;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/** What a ring shows of itself. */
final class KeyMetrics {
  private KeyMetrics() {}

  /**
   * Registers the gauges.
   *
   * @param keys the keys that are neither revoked nor expired
   * @param age seconds since the ring was last known to be current
   */
  static void register(PrometheusRegistry registry, DoubleSupplier keys, DoubleSupplier age) {
    GaugeWithCallback.builder()
        .name("aidb_api_keys")
        .help("API keys that are neither revoked nor expired")
        .callback(value -> value.call(keys.getAsDouble()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("aidb_api_keys_age_seconds")
        .help("Time since the API keys in memory were last known to be those of the database")
        .callback(value -> value.call(age.getAsDouble()))
        .register(registry);
  }
}
