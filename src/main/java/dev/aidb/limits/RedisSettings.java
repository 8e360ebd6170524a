package dev.aidb.limits;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the Redis is that replicas share their limits in.
 *
 * @param password the password of its default user, if it asks for one
 * @param patience how long a request waits for it; after that this process decides alone
 */
public record RedisSettings(String host, int port, Optional<String> password, Duration patience) {
  @Override
  public String toString() {
    return "redis at " + host + ":" + port;
  }
}
