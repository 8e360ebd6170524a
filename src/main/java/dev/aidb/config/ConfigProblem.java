package dev.aidb.config;

/**
 * One fault of the configuration.
 *
 * @param key the key, such as {@code server.port}; empty when a file as a whole is at fault
 * @param message what is wrong and what would be right, without the value of a secret
 * @param source where it came from: {@code config.yaml:12}, {@code AIDB_SERVER_PORT} or {@code
 *     --port}
 */
public record ConfigProblem(String key, String message, String source) {
  @Override
  public String toString() {
    return (key.isEmpty() ? "" : key + ": ") + message + " (" + source + ")";
  }
}
