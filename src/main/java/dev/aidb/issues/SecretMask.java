package dev.aidb.issues;

import dev.aidb.documents.SecretScan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces what looks like a secret in the texts of an issue by {@value #MASK}. Where documents are
 * refused for a secret, an error report is worth having without it. Takes time linear in the text's
 * length. Thread-safe.
 */
final class SecretMask {
  static final String MASK = "[secret]";

  private static final int DEPTH_MAX = 10;

  /** Names of fields whose value is one, whatever it looks like. */
  private static final String NAMES =
      "(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key"
          + "|credentials?|authorization|session[_-]?id|(?<![a-z])(?:pass|pwd|auth|(?:[a-z]{1,20}[_-])?token|cookie))";

  private static final Pattern SECRET_NAME =
      Pattern.compile(".{0,100}" + NAMES, Pattern.CASE_INSENSITIVE);

  private record Rule(Pattern pattern, String replacement) {}

  private static final List<Rule> RULES =
      List.of(
          rule(
              "-----BEGIN [A-Z ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[^-]*+(?:-----END [A-Z ]{0,50}-----)?"),
          rule("\\beyJ[\\w-]{8,}+\\.[\\w-]{4,}+(?:\\.[\\w-]*+)?"),
          rule("\\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\\b"),
          rule(
              "\\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|[rs]k_live_|sk-|AIza|aidb_|npm_|pypi-|hf_)"
                  + "[\\w-]{16,}+"),
          new Rule(
              Pattern.compile("(?i)\\b(bearer|basic)(\\s{1,4})[\\w.~+/=-]{6,}+"), "$1$2" + MASK),
          new Rule(Pattern.compile("(://[^\\s:/@]{0,200}+:)[^\\s/@]{1,500}+@"), "$1" + MASK + "@"),
          new Rule(
              Pattern.compile(
                  "(?i)("
                      + NAMES
                      + "[\"']?\\s{0,3}[=:]\\s{0,3})"
                      + "(?!"
                      + Pattern.quote(MASK)
                      + "|(?:bearer|basic)\\s)"
                      + "(?:\"[^\"]{0,2000}+\"?|'[^']{0,2000}+'?|[^\\s,;&\"')}\\]]{1,2000}+)"),
              "$1" + MASK));

  private SecretMask() {}

  private static Rule rule(String pattern) {
    return new Rule(Pattern.compile(pattern), MASK);
  }

  /** The text without secrets. */
  static String over(String text) {
    String masked = text;
    for (Rule rule : RULES) {
      masked = rule.pattern.matcher(masked).replaceAll(rule.replacement);
    }
    return SecretScan.find(masked)
        .map(kind -> "[withheld: it holds a " + kind + "]")
        .orElse(masked);
  }

  /** A free-form tree without secrets, in names of fields, in texts and under telling names. */
  static Map<String, Object> over(Map<String, Object> context) {
    return over(context, 0);
  }

  private static Map<String, Object> over(Map<?, ?> map, int depth) {
    Map<String, @Nullable Object> masked = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      String name = String.valueOf(key);
      boolean telling = value instanceof String && SECRET_NAME.matcher(name).matches();
      masked.put(over(name), telling ? MASK : value(value, depth + 1));
    });
    return masked(masked);
  }

  @SuppressWarnings({"NullAway", "unchecked"}) // JSON has nulls, and they are stored as they came
  private static Map<String, Object> masked(Map<String, @Nullable Object> map) {
    return (Map<String, Object>) (Map<String, ?>) map;
  }

  private static @Nullable Object value(@Nullable Object value, int depth) {
    return switch (value) {
      case null -> null;
      case String text -> over(text);
      case Map<?, ?> map -> depth > DEPTH_MAX ? MASK : over(map, depth);
      case List<?> list -> depth > DEPTH_MAX ? MASK : list(list, depth);
      case Number number -> number;
      case Boolean truth -> truth;
      default -> over(String.valueOf(value));
    };
  }

  private static List<@Nullable Object> list(List<?> list, int depth) {
    List<@Nullable Object> masked = new ArrayList<>(list.size());
    for (Object item : list) {
      masked.add(value(item, depth + 1));
    }
    return masked;
  }
}
