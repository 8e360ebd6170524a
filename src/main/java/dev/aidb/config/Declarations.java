package dev.aidb.config;

import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Every declared key, in the order of the records. */
final class Declarations {
  /** A name this many edits away, or fewer, is worth suggesting. */
  private static final int SUGGESTION_DISTANCE_MAX = 4;

  private static final Map<String, Declaration> KEYS = new LinkedHashMap<>();
  private static final Map<String, Section> SECTIONS = new LinkedHashMap<>();

  static {
    gather("", Config.class);
  }

  private Declarations() {}

  private static void gather(String parent, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      Section section = component.getAnnotation(Section.class);
      if (section == null) {
        Declaration declaration = Declaration.of(parent, component);
        KEYS.put(declaration.path(), declaration);
      } else {
        String path = parent + Declaration.snakeCase(component.getName());
        SECTIONS.put(path, section);
        gather(path + ".", component.getType());
      }
    }
  }

  /** The keys by their paths. */
  static Map<String, Declaration> keys() {
    return KEYS;
  }

  /** The groups of keys by their paths. */
  static Map<String, Section> sections() {
    return SECTIONS;
  }

  static Optional<Declaration> key(String path) {
    return Optional.ofNullable(KEYS.get(path));
  }

  static boolean isSection(String path) {
    return SECTIONS.containsKey(path);
  }

  /** The declaration of the secret that an inline key such as {@code database.password} means. */
  static Optional<Declaration> inlineSecret(String path) {
    return key(path + "_file").filter(Declaration::secret);
  }

  /** The known key or section that a mistyped one most likely means. */
  static Optional<String> nearest(String path) {
    Set<String> known = new TreeSet<>(KEYS.keySet());
    known.addAll(SECTIONS.keySet());
    return nearest(path, known);
  }

  static Optional<String> nearest(String name, Set<String> known) {
    Optional<String> elsewhere =
        known.stream().filter(candidate -> last(candidate).equals(last(name))).findFirst();
    return known.stream()
        .filter(candidate ->
            distance(name, candidate) <= Math.min(SUGGESTION_DISTANCE_MAX, name.length() / 3))
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .or(() -> elsewhere);
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
