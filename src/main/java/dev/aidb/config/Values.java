package dev.aidb.config;

import dev.aidb.core.CronSchedule;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Reads one value from its text. Every refusal is an {@link IllegalArgumentException} whose message
 * says what the value must be, and never repeats it.
 */
final class Values {
  private Values() {}

  /**
   * @param base the folder a relative path starts from
   * @param home what {@code ~} stands for
   */
  static Object read(Declaration declaration, String text, Path base, Path home) {
    Object value = parse(declaration.type(), text, base, home);
    Key key = declaration.key();
    checkRange(declaration, value, base, home);
    if (key.allowed().length > 0 && !Arrays.asList(key.allowed()).contains(text)) {
      throw new IllegalArgumentException(oneOf(List.of(key.allowed())));
    }
    if (!key.pattern().isEmpty() && !text.matches(key.pattern())) {
      throw new IllegalArgumentException("must be " + key.form());
    }
    return value;
  }

  private static void checkRange(Declaration declaration, Object value, Path base, Path home) {
    String min = declaration.key().min();
    String max = declaration.key().max();
    boolean low = !min.isEmpty() && compare(declaration, value, min, base, home) < 0;
    boolean high = !max.isEmpty() && compare(declaration, value, max, base, home) > 0;
    if (low || high) {
      throw new IllegalArgumentException("must be from " + min + " to " + max);
    }
  }

  @SuppressWarnings("unchecked") // a declaration with a range has a comparable type
  private static int compare(
      Declaration declaration, Object value, String bound, Path base, Path home) {
    return ((Comparable<Object>) value).compareTo(parse(declaration.type(), bound, base, home));
  }

  private static Object parse(Class<?> type, String text, Path base, Path home) {
    if (type == boolean.class) {
      return bool(text);
    } else if (type == int.class) {
      return integer(text);
    } else if (type == double.class) {
      return number(text);
    } else if (type == Duration.class) {
      return duration(text);
    } else if (type == Size.class) {
      return Size.parse(text);
    } else if (type == Path.class || type == Secret.class) {
      return path(text, base, home);
    } else if (type == URI.class) {
      return uri(text);
    } else if (type == ZoneId.class) {
      return zone(text);
    } else if (type == CronSchedule.class) {
      return CronSchedule.parse(text);
    } else if (type.isEnum()) {
      return constant(type, text);
    } else if (type == String.class) {
      return string(text);
    }
    throw new IllegalStateException("A key has the unknown type " + type);
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static int integer(String text) {
    if (!text.matches("-?\\d{1,18}")) {
      throw new IllegalArgumentException("must be a whole number");
    }
    long number = Long.parseLong(text);
    // A number beyond int is out of every range as well; let the range say so.
    return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static double number(String text) {
    if (!text.matches("-?\\d{1,18}(\\.\\d{1,18})?")) {
      throw new IllegalArgumentException("must be a number such as 0.5");
    }
    return Double.parseDouble(text);
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "must be an ISO 8601 duration such as PT30S, PT5M or P1D", e);
    }
  }

  private static Path path(String text, Path base, Path home) {
    try {
      if (text.isBlank()) {
        throw new IllegalArgumentException("must be a path");
      }
      Path path =
          text.equals("~")
              ? home
              : text.startsWith("~/") ? home.resolve(text.substring(2)) : base.resolve(text);
      return path.toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be a path", e);
    }
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // falls through: the answer is the same
    }
    throw new IllegalArgumentException(
        "must be an address such as http://host:1234, without a user or password");
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("must be a time zone such as UTC or Europe/Vienna", e);
    }
  }

  private static Object constant(Class<?> type, String text) {
    Object[] constants = type.getEnumConstants();
    for (Object constant : constants) {
      if (written(constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(oneOf(names(type)));
  }

  private static String string(String text) {
    if (text.isBlank() || text.length() > 1000) {
      throw new IllegalArgumentException("must have 1 to 1000 characters, not all blank");
    }
    return text;
  }

  private static String oneOf(List<String> names) {
    return "must be " + (names.size() > 1 ? "one of " : "") + String.join(", ", names);
  }

  /** The constants of an enumeration as they are written. */
  static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(Values::written).collect(Collectors.toList());
  }

  /** A value as one would write it. */
  static String written(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : value.toString();
  }
}
