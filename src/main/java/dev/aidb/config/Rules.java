package dev.aidb.config;

import dev.aidb.guard.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** What must hold between keys. */
final class Rules {
  /**
   * @param keys the keys it looks at, the one to blame first
   * @param holds whether it does
   * @param message what is wrong when it doesn't
   */
  private record Rule(
      List<String> keys, Predicate<Config> holds, Function<Config, String> message) {
    Rule(List<String> keys, Predicate<Config> holds, String message) {
      this(keys, holds, config -> message);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              List.of("server.host", "auth.required"),
              config -> config.auth().required() || isLoopback(config.server().host()),
              "must be a loopback address such as 127.0.0.1: any other needs auth.required:"
                  + " true"),
          new Rule(
              List.of("database.host", "database.mode"),
              config ->
                  config.database().mode() == Config.DatabaseMode.EMBEDDED
                      || config.database().host().isPresent(),
              "must name the server when database.mode is external"),
          new Rule(
              List.of("redis.host", "rate_limit.store"),
              config ->
                  config.rateLimit().store() == Config.RateLimitStore.LOCAL
                      || config.redis().host().isPresent(),
              "must name the server when rate_limit.store is redis"),
          new Rule(
              List.of("rate_limit.trusted_proxies"),
              config -> noNetworks(config.rateLimit().trustedProxies()).isEmpty(),
              config ->
                  "must be addresses or networks such as 10.0.0.0/8, not "
                      + String.join(", ", noNetworks(config.rateLimit().trustedProxies()))),
          new Rule(
              List.of("content_policy_overrides.collections"),
              config -> namesOnce(config.contentPolicyOverrides().collections()),
              "must give each collection one mode"),
          new Rule(
              List.of("content_policy_overrides.scopes"),
              config -> namesOnce(config.contentPolicyOverrides().scopes()),
              "must give each scope one mode"),
          new Rule(
              List.of("embeddings.model", "embeddings.url"),
              config ->
                  config.embeddings().url().isPresent()
                      || config.embeddings().model().equals(Config.BUNDLED_MODEL),
              "must be " + Config.BUNDLED_MODEL + " unless embeddings.url names an endpoint"),
          new Rule(
              List.of("database.pool.size", "database.pool.max_overflow"),
              config ->
                  config.database().mode() == Config.DatabaseMode.EXTERNAL
                      || config.database().pool().size() + config.database().pool().maxOverflow()
                          <= 190,
              "and max_overflow must be 190 together at most: the embedded server allows 200"
                  + " connections and keeps some for itself"));

  private Rules() {}

  /** The rules that don't hold, less those about a key that is at fault already. */
  static List<ConfigProblem> broken(
      Config config, Set<String> faulty, Map<String, Setting> settings) {
    List<ConfigProblem> problems = new ArrayList<>();
    for (Rule rule : RULES) {
      boolean judged = rule.keys().stream().noneMatch(faulty::contains);
      if (judged && !rule.holds().test(config)) {
        problems.add(
            new ConfigProblem(
                rule.keys().getFirst(), rule.message().apply(config), source(rule, settings)));
      }
    }
    return problems;
  }

  private static boolean namesOnce(List<String> entries) {
    return entries.stream().map(entry -> entry.substring(0, entry.indexOf('='))).distinct().count()
        == entries.size();
  }

  private static List<String> noNetworks(List<String> entries) {
    return entries.stream().filter(entry -> !isNetwork(entry)).toList();
  }

  private static boolean isNetwork(String entry) {
    try {
      Network.parse(entry);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String source(Rule rule, Map<String, Setting> settings) {
    return rule.keys().stream()
        .flatMap(key -> Optional.ofNullable(settings.get(key)).stream())
        .map(Setting::source)
        .findFirst()
        .orElse("default");
  }

  /** Decided by its text alone: asking a name server would let the network decide. */
  static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("::1")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }
}
