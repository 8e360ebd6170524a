package dev.aidb.config;

import java.util.List;
import java.util.Optional;

/**
 * A configuration together with how it came about.
 *
 * @param config the configuration
 * @param values every key with its value and its source, in the order of the reference page
 * @param warnings what deserves a line in the log but doesn't stop the start
 */
public record LoadedConfig(Config config, List<Value> values, List<String> warnings) {
  public LoadedConfig {
    values = List.copyOf(values);
    warnings = List.copyOf(warnings);
  }

  /**
   * One key as it is in effect.
   *
   * @param key such as {@code database.pool.size}
   * @param value text, a number, a boolean or a list of these; {@code ****} for a secret; empty
   *     when the key has none
   * @param source {@code default}, a file and line, a variable or a flag
   */
  public record Value(String key, Optional<Object> value, String source) {}
}
