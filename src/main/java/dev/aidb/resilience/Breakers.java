package dev.aidb.resilience;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The circuit breakers of all services, by name. */
public final class Breakers {
  /** The endpoint that makes embeddings, where one is configured. */
  public static final String EMBEDDINGS = "embeddings";

  public static final String QDRANT = "qdrant";

  /** The language model. */
  public static final String LLAMA_CPP = "llama_cpp";

  public static final String REDIS = "redis";

  private static final Map<String, Breaker.Rule> RULES = rules();

  private final Map<String, Breaker> breakers = new LinkedHashMap<>();

  /**
   * @param withRedis whether Redis is configured; the others are there in any case
   */
  public Breakers(PrometheusRegistry registry, boolean withRedis) {
    this(registry, withRedis, RULES);
  }

  /**
   * The same with another rule for {@link #EMBEDDINGS}.
   *
   * @param withRedis whether Redis is configured
   */
  public Breakers(PrometheusRegistry registry, boolean withRedis, Breaker.Rule embeddings) {
    this(registry, withRedis, rulesWith(embeddings));
  }

  Breakers(PrometheusRegistry registry, boolean withRedis, Map<String, Breaker.Rule> rules) {
    Counter failures =
        Counter.builder()
            .name("aidb_circuit_breaker_failures_total")
            .help("Calls to a service that failed; those that a breaker refused don't count.")
            .labelNames("service")
            .register(registry);
    rules.forEach((service, rule) -> {
      if (withRedis || !service.equals(REDIS)) {
        CounterDataPoint failed = failures.labelValues(service);
        breakers.put(service, new Breaker(service, rule, failed::inc));
      }
    });
    GaugeWithCallback.builder()
        .name("aidb_circuit_breaker_state")
        .help("A service's circuit breaker: 0 closed, 1 open, 2 half open.")
        .labelNames("service")
        .callback(gauge ->
            breakers.forEach((service, breaker) -> gauge.call(breaker.state().ordinal(), service)))
        .register(registry);
  }

  private static Map<String, Breaker.Rule> rules() {
    Map<String, Breaker.Rule> rules = new LinkedHashMap<>();
    rules.put(EMBEDDINGS, new Breaker.Rule(5, Duration.ofSeconds(60), Duration.ofSeconds(8)));
    rules.put(QDRANT, new Breaker.Rule(5, Duration.ofSeconds(60), Duration.ofSeconds(4)));
    rules.put(LLAMA_CPP, new Breaker.Rule(3, Duration.ofSeconds(120), Duration.ofSeconds(60)));
    rules.put(REDIS, new Breaker.Rule(3, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    return rules;
  }

  private static Map<String, Breaker.Rule> rulesWith(Breaker.Rule embeddings) {
    Map<String, Breaker.Rule> rules = new LinkedHashMap<>(RULES);
    rules.put(EMBEDDINGS, embeddings);
    return rules;
  }

  /** The breaker of a service named here. */
  public Breaker of(String service) {
    Breaker breaker = breakers.get(service);
    if (breaker == null) {
      throw new IllegalArgumentException("no breaker is named " + service);
    }
    return breaker;
  }

  /** The state of each breaker by its service's name. */
  public Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    breakers.forEach((service, breaker) -> states.put(service, breaker.state().name()));
    return states;
  }
}
