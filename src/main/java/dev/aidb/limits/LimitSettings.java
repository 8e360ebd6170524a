package dev.aidb.limits;

import dev.aidb.operation.Allowance;
import java.util.List;

/**
 * How clients are limited.
 *
 * @param standard what a client may that has no allowance of its own
 * @param clientsMax clients that are remembered at a time, at least 8
 * @param trustedProxies addresses and networks of proxies whose {@code X-Forwarded-For} is believed
 */
public record LimitSettings(Allowance standard, int clientsMax, List<String> trustedProxies) {
  public LimitSettings {
    trustedProxies = List.copyOf(trustedProxies);
    trustedProxies.forEach(Network::parse);
  }
}
