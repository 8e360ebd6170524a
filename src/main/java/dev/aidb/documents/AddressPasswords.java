package dev.aidb.documents;

import java.util.Locale;
import java.util.Set;

/** Passwords in the addresses of databases and queues, as {@code scheme://user:password@host}. */
final class AddressPasswords {
  private static final Set<String> SCHEMES =
      Set.of(
          "postgres",
          "postgresql",
          "mysql",
          "mariadb",
          "mongodb",
          "mongodb+srv",
          "redis",
          "rediss",
          "amqp",
          "amqps",
          "mssql",
          "sqlserver",
          "clickhouse");

  private static final int LENGTH_MAX = 300;
  private static final int PASSWORD_MIN = 12;

  private AddressPasswords() {}

  /** Whether one of them looks drawn at random, and its host is none of documentation's. */
  static boolean areIn(String text) {
    for (int at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
      if (SCHEMES.contains(schemeBefore(text, at)) && hasPassword(text, at + 3)) {
        return true;
      }
    }
    return false;
  }

  private static String schemeBefore(String text, int end) {
    int from = end;
    while (from > 0 && end - from < 16 && isOfScheme(text.charAt(from - 1))) {
      from--;
    }
    return text.substring(from, end).toLowerCase(Locale.ROOT);
  }

  private static boolean isOfScheme(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+';
  }

  private static boolean hasPassword(String text, int from) {
    int end = from;
    int stop = Math.min(text.length(), from + LENGTH_MAX);
    while (end < stop && "/ \t\n\r\"'`<>?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String authority = text.substring(from, end);
    int colon = authority.indexOf(':');
    int sign = authority.lastIndexOf('@');
    if (colon < 0 || sign < colon) {
      return false;
    }
    String password = authority.substring(colon + 1, sign);
    return password.length() >= PASSWORD_MIN
        && password.chars().allMatch(c -> c > 32 && c < 127 && "${}*[]".indexOf(c) < 0)
        && password.chars().anyMatch(Character::isUpperCase)
        && password.chars().anyMatch(Character::isLowerCase)
        && SecretScan.looksRandom(password)
        && !isOfDocumentation(authority.substring(sign + 1));
  }

  private static boolean isOfDocumentation(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.isEmpty() || lower.contains("example") || lower.startsWith("localhost");
  }
}
