package dev.aidb.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns settings into the tree of records, gathering every fault on the way. */
final class Binder {
  private static final String ALLOW_GROUP_READ = "secrets.allow_group_read";

  private final Map<String, Setting> settings;
  private final Path home;
  private final List<ConfigProblem> problems;
  private final Set<String> broken = new HashSet<>();
  private boolean allowGroupRead;

  /**
   * @param settings what was set, by key; a key that isn't there takes its default
   * @param home what {@code ~} stands for
   * @param problems takes every fault
   */
  Binder(Map<String, Setting> settings, Path home, List<ConfigProblem> problems) {
    this.settings = settings;
    this.home = home;
    this.problems = problems;
  }

  static Config defaults() {
    return new Binder(Map.of(), userHome(), new ArrayList<>()).bind();
  }

  static Config with(Config config, String path, String text) {
    Optional<Declaration> secret = Declarations.inlineSecret(path);
    Declaration declaration =
        secret
            .or(() -> Declarations.key(path))
            .orElseThrow(() ->
                new ConfigInvalid(List.of(new ConfigProblem(path, "is not a known key", "with"))));
    Setting.Shape shape = secret.isPresent() ? Setting.Shape.SECRET : Setting.Shape.TEXT;
    Setting setting = new Setting(List.of(text), shape, Path.of(""), "with");
    List<ConfigProblem> problems = new ArrayList<>();
    Binder binder = new Binder(Map.of(declaration.path(), setting), userHome(), problems);
    binder.allowGroupRead = config.secrets().allowGroupRead();
    Config changed = (Config) binder.record(Config.class, "", config);
    problems.addAll(Rules.broken(changed, Set.of(), binder.settings));
    if (!problems.isEmpty()) {
      throw new ConfigInvalid(problems);
    }
    return changed;
  }

  private static Path userHome() {
    return Path.of(System.getProperty("user.home", "."));
  }

  /** The configuration; only to be used when no problem was added. */
  Config bind() {
    // Whether a secret file is acceptable hangs on another key, which is therefore read first.
    allowGroupRead = settings.containsKey(ALLOW_GROUP_READ) && groupReadSetting();
    Config config = (Config) record(Config.class, "", null);
    problems.addAll(Rules.broken(config, broken, settings));
    return config;
  }

  private boolean groupReadSetting() {
    return Objects.requireNonNull(settings.get(ALLOW_GROUP_READ)).single().equals("true");
  }

  /** Makes a record of settings; what isn't set comes from {@code old}, else from the defaults. */
  private Object record(Class<?> type, String parent, @Nullable Object old) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      Object before = old == null ? null : read(component, old);
      if (component.isAnnotationPresent(Section.class)) {
        String path = parent + Declaration.snakeCase(component.getName());
        values[i] = record(component.getType(), path + ".", before);
      } else {
        values[i] = component(Declaration.of(parent, component), before);
      }
    }
    return create(type, components, values);
  }

  private Object component(Declaration declaration, @Nullable Object before) {
    Setting setting = settings.get(declaration.path());
    if (setting == null) {
      return before == null ? standard(declaration) : before;
    }
    try {
      Object value = value(declaration, setting);
      if (declaration.key().effect() == Effect.UNAVAILABLE
          && !value.equals(standard(declaration))) {
        throw new IllegalArgumentException(
            declaration.key().normal().isEmpty()
                ? "isn't available in this version; leave it out"
                : "isn't available in this version but as " + shown(standard(declaration)));
      }
      return value;
    } catch (IllegalArgumentException e) {
      broken.add(declaration.path());
      problems.add(
          new ConfigProblem(declaration.path(), String.valueOf(e.getMessage()), setting.source()));
      return standard(declaration);
    }
  }

  private Object value(Declaration declaration, Setting setting) {
    if (setting.shape() == Setting.Shape.NOTHING) {
      if (declaration.optional() || declaration.list()) {
        return declaration.optional() ? Optional.empty() : List.of();
      }
      throw new IllegalArgumentException("has no value");
    }
    if (declaration.list()) {
      return list(declaration, setting);
    }
    if (setting.shape() == Setting.Shape.LIST) {
      throw new IllegalArgumentException("must be one value, not a list");
    }
    Object value;
    if (setting.shape() == Setting.Shape.SECRET) {
      value = new Secret(setting.single());
    } else {
      value = Values.read(declaration, setting.single(), setting.base(), home);
      if (declaration.secret()) {
        value = SecretFiles.read((Path) value, allowGroupRead);
      }
    }
    return declaration.optional() ? Optional.of(value) : value;
  }

  private List<Object> list(Declaration declaration, Setting setting) {
    if (setting.shape() == Setting.Shape.SCALAR) {
      throw new IllegalArgumentException("must be a list, such as [a, b]");
    }
    List<String> elements =
        setting.shape() == Setting.Shape.TEXT ? split(setting.single()) : setting.values();
    List<Object> values = new ArrayList<>();
    for (String element : elements) {
      values.add(Values.read(declaration, element, setting.base(), home));
    }
    if (new HashSet<>(values).size() < values.size()) {
      throw new IllegalArgumentException("must name each element once");
    }
    return List.copyOf(values);
  }

  private Object standard(Declaration declaration) {
    if (declaration.optional()) {
      return Optional.empty();
    }
    String normal = declaration.key().normal();
    Path base = Path.of("");
    return declaration.list()
        ? split(normal).stream().map(text -> Values.read(declaration, text, base, home)).toList()
        : Values.read(declaration, normal, base, home);
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(element -> !element.isEmpty())
        .toList();
  }

  private static Object create(Class<?> type, RecordComponent[] components, Object[] values) {
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("A record of the configuration can't be made", e);
    }
  }

  private static Object read(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("A record of the configuration can't be read", e);
    }
  }

  /** The values of all keys as text, numbers, booleans and lists; secrets masked. */
  static Map<String, Optional<Object>> plain(Config config) {
    Map<String, Optional<Object>> values = new LinkedHashMap<>();
    plain("", config, values);
    return values;
  }

  private static void plain(String parent, Object record, Map<String, Optional<Object>> values) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = read(component, record);
      if (component.isAnnotationPresent(Section.class)) {
        plain(parent + Declaration.snakeCase(component.getName()) + ".", value, values);
      } else {
        String path = Declaration.of(parent, component).path();
        values.put(
            path,
            value instanceof Optional<?> optional
                ? optional.map(Binder::shown)
                : Optional.of(shown(value)));
      }
    }
  }

  private static Object shown(Object value) {
    return switch (value) {
      case Number number -> number;
      case Boolean bool -> bool;
      case List<?> list -> list.stream().map(Values::written).toList();
      default -> Values.written(value);
    };
  }
}
