package dev.aidb.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds the settings among the environment's variables. An empty variable counts as unset. */
final class Environment {
  /** Variables of the command line, the launcher and the tests; not keys. */
  private static final Set<String> OTHERS =
      Set.of(
          "AIDB_CONFIG",
          "AIDB_ENV",
          "AIDB_URL",
          "AIDB_API_KEY_FILE",
          "AIDB_DEBUG",
          "AIDB_AOT",
          "AIDB_MVN",
          "AIDB_HOME",
          "AIDB_JAVA_HOME",
          "AIDB_LAUNCHER",
          "AIDB_JAVA_OPTS");

  private static final Map<String, String> ALIASES =
      Map.of(
          "POSTGRES_HOST", "database.host",
          "POSTGRES_PORT", "database.port",
          "POSTGRES_DB", "database.name",
          "POSTGRES_USER", "database.user",
          "POSTGRES_PASSWORD", "database.password",
          "QDRANT_URL", "qdrant.url");

  private final Map<String, Setting> settings = new HashMap<>();
  private final List<String> warnings;
  private final Path base;

  private Environment(Path base, List<String> warnings) {
    this.base = base;
    this.warnings = warnings;
  }

  /**
   * What the variables set, by key. A variable with a prefix of ours wins over an alias.
   *
   * @param base the folder that relative paths start from
   * @param warnings takes what looks like a mistake but may be another program's variable
   */
  static Map<String, Setting> read(
      Map<String, String> variables, Path base, List<String> warnings) {
    Environment environment = new Environment(base, warnings);
    Map<String, Declaration> known = new HashMap<>();
    Map<String, Declaration> secrets = new HashMap<>();
    for (Declaration declaration : Declarations.keys().values()) {
      known.put(declaration.variable(), declaration);
      if (declaration.secret()) {
        secrets.put(declaration.secretVariable(), declaration);
      }
    }
    Map<String, String> sorted = new TreeMap<>(variables);
    sorted.values().removeIf(String::isEmpty);
    sorted.forEach(environment::alias);
    for (Map.Entry<String, String> variable : sorted.entrySet()) {
      String name = variable.getKey();
      if (known.containsKey(name)) {
        environment.put(known.get(name).path(), name, variable.getValue(), Setting.Shape.TEXT);
      } else if (secrets.containsKey(name)) {
        environment.put(secrets.get(name).path(), name, variable.getValue(), Setting.Shape.SECRET);
      } else if (name.startsWith("AIDB_")
          && !OTHERS.contains(name)
          && !name.startsWith("AIDB_TEST_")) {
        environment.unknown(name, known.keySet());
      }
    }
    return environment.settings;
  }

  private void alias(String name, String value) {
    String path = ALIASES.get(name);
    if (path == null) {
      return;
    }
    Declarations.inlineSecret(path)
        .ifPresentOrElse(
            secret -> put(secret.path(), name, value, Setting.Shape.SECRET),
            () -> put(path, name, value, Setting.Shape.TEXT));
  }

  private void put(String path, String name, String value, Setting.Shape shape) {
    if (value.startsWith("tcp://") && name.endsWith("_PORT")) {
      // Kubernetes injects AIDB_SERVER_PORT=tcp://10.0.0.1:80 for a service named aidb-server.
      warnings.add(name + " is ignored: it looks like Kubernetes' link to a service");
      return;
    }
    settings.put(path, new Setting(List.of(value), shape, base, name));
  }

  private void unknown(String name, Set<String> known) {
    String hint =
        Declarations.nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    warnings.add(name + " is not a known variable and is ignored" + hint);
  }
}
