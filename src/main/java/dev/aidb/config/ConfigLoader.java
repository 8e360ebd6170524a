package dev.aidb.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Gathers the configuration: defaults, then the file, then its overlay, then the environment, then
 * flags; the later wins.
 */
public final class ConfigLoader {
  private static final String DEFAULT_SOURCE = "default";

  private final Map<String, String> environment;
  private final Path directory;
  private final Path home;

  /**
   * @param environment the variables of the process
   * @param directory the folder that relative paths of flags and variables start from
   * @param home the user's home, for which {@code ~} stands
   */
  public ConfigLoader(Map<String, String> environment, Path directory, Path home) {
    this.environment = Map.copyOf(environment);
    this.directory = directory;
    this.home = home;
  }

  /** A loader for this process. */
  public static ConfigLoader system() {
    return new ConfigLoader(
        System.getenv(), Path.of("").toAbsolutePath(), Path.of(System.getProperty("user.home")));
  }

  /**
   * A flag of the command line.
   *
   * @param name as the user typed it, such as {@code --port}
   * @param key the key it sets
   * @param value the text given
   */
  public record Flag(String name, String key, String value) {}

  /**
   * Reads everything.
   *
   * @param file the file of {@code --config}; empty for that of {@code AIDB_CONFIG}, else none
   * @throws ConfigInvalid with every fault found
   */
  public LoadedConfig load(Optional<Path> file, List<Flag> flags) {
    List<ConfigProblem> problems = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Map<String, Setting> settings = new HashMap<>(userFolders());
    file.or(() -> variable("AIDB_CONFIG").map(Path::of))
        .map(directory::resolve)
        .ifPresent(named -> settings.putAll(files(named, problems)));
    settings.putAll(Environment.read(environment, directory, warnings));
    for (Flag flag : flags) {
      settings.put(flag.key(), Setting.text(flag.value(), directory, flag.name()));
    }
    judgeDatabase(settings, problems, warnings);
    Config config = new Binder(settings, home, problems).bind();
    if (!problems.isEmpty()) {
      throw new ConfigInvalid(problems);
    }
    List<LoadedConfig.Value> values = values(config, settings);
    warnings.addAll(notInEffect(config, settings));
    return new LoadedConfig(config, values, warnings);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** The XDG base directory specification ignores a relative {@code XDG_DATA_HOME}. */
  private Map<String, Setting> userFolders() {
    return variable("XDG_DATA_HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .map(data -> data.resolve("aidb").toString())
        .map(data -> Map.of("data_dir", Setting.text(data, directory, "XDG_DATA_HOME")))
        .orElse(Map.of());
  }

  private Map<String, Setting> files(Path file, List<ConfigProblem> problems) {
    Map<String, Setting> settings = new HashMap<>(YamlFile.read(file, problems));
    Optional<String> stage = variable("AIDB_ENV");
    if (stage.isPresent()) {
      if (stage.get().matches("[A-Za-z0-9_-]{1,64}")) {
        Path overlay = file.resolveSibling("config." + stage.get() + ".yaml");
        settings.putAll(YamlFile.read(overlay, problems));
      } else {
        problems.add(new ConfigProblem("", "must be 1 to 64 letters, digits, _ or -", "AIDB_ENV"));
      }
    }
    return settings;
  }

  /**
   * Which database to use is never guessed: a forgotten {@code POSTGRES_HOST} must neither be
   * silently ignored nor lead to somebody else's database.
   */
  private static void judgeDatabase(
      Map<String, Setting> settings, List<ConfigProblem> problems, List<String> warnings) {
    Setting host = settings.get("database.host");
    Setting mode = settings.get("database.mode");
    if (host == null || (mode != null && !mode.single().equals("embedded"))) {
      return;
    }
    if (mode == null) {
      problems.add(
          new ConfigProblem(
              "database.mode",
              "must be said when database.host is: external to use that server, embedded to ignore"
                  + " it",
              host.source()));
    } else {
      warnings.add("database.host (" + host.source() + ") is ignored: database.mode is embedded");
    }
  }

  private static List<LoadedConfig.Value> values(Config config, Map<String, Setting> settings) {
    List<LoadedConfig.Value> values = new ArrayList<>();
    Binder.plain(config)
        .forEach(
            (key, value) -> values.add(new LoadedConfig.Value(key, value, source(key, settings))));
    return values;
  }

  private static String source(String key, Map<String, Setting> settings) {
    Setting setting = settings.get(key);
    return setting == null ? DEFAULT_SOURCE : setting.source();
  }

  private static List<String> notInEffect(Config config, Map<String, Setting> settings) {
    Map<String, Optional<Object>> usual = Binder.plain(Config.defaults());
    Map<String, Optional<Object>> effective = Binder.plain(config);
    List<String> warnings = new ArrayList<>();
    for (Declaration declaration : Declarations.keys().values()) {
      String key = declaration.path();
      boolean changed = !Objects.equals(effective.get(key), usual.get(key));
      if (declaration.key().effect() == Effect.LATER && settings.containsKey(key) && changed) {
        warnings.add(key + " (" + source(key, settings) + ") is not in effect in this version");
      }
    }
    return warnings;
  }
}
