package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.operation.Scope;
import dev.aidb.policy.ContentPolicy;
import dev.aidb.policy.ContentPolicyMetrics;
import dev.aidb.policy.PolicyMode;
import dev.aidb.policy.PolicySettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The content policy as the configuration wants it. */
final class Policies {
  private Policies() {}

  static ContentPolicy of(Config config, PrometheusRegistry registry) {
    return new ContentPolicy(settings(config), new ContentPolicyMetrics(registry));
  }

  private static PolicySettings settings(Config config) {
    Map<String, PolicyMode> collections = new HashMap<>();
    for (String entry : config.contentPolicyOverrides().collections()) {
      collections.put(name(entry), mode(entry));
    }
    Map<Scope, PolicyMode> scopes = new EnumMap<>(Scope.class);
    for (String entry : config.contentPolicyOverrides().scopes()) {
      scopes.put(Scope.valueOf(name(entry).toUpperCase(Locale.ROOT)), mode(entry));
    }
    PolicyMode usual =
        switch (config.contentPolicy()) {
          case BLOCK -> PolicyMode.BLOCK;
          case DETECT -> PolicyMode.DETECT;
          case OFF -> PolicyMode.OFF;
        };
    return new PolicySettings(usual, collections, scopes);
  }

  private static String name(String entry) {
    return entry.substring(0, entry.indexOf('='));
  }

  private static PolicyMode mode(String entry) {
    return PolicyMode.valueOf(entry.substring(entry.indexOf('=') + 1).toUpperCase(Locale.ROOT));
  }
}
