package dev.aidb.issues;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Guesses what an error is about and how bad it is, for reports that don't say. The first rule that
 * fits wins; {@code docs/how-to/track-issues.md} lists them.
 */
final class Triage {
  private record CategoryRule(Category category, Pattern words) {}

  private record SeverityRule(Severity severity, Pattern words) {}

  private static final List<CategoryRule> CATEGORIES =
      List.of(
          category(
              Category.RESOURCE,
              "out of memory|outofmemory|oom[- ]?kill|no space left|disk (?:is )?full|too many open files"
                  + "|memoryerror|cannot allocate|heap space|quota|inode|resource temporarily unavailable"
                  + "|disk pressure|evicted"),
          category(
              Category.AUTHENTICATION,
              "unauthori[sz]ed|forbidden|\\b40[13]\\b|access denied|permission denied|not permitted"
                  + "|authenticat|credential|password|login|invalid (?:api )?(?:token|key)|token (?:has )?expired"
                  + "|signature"),
          category(
              Category.DATABASE,
              "postgres|psql|sqlstate|\\bsql|jdbc|jdbi|hikari|mysql|sqlite|mongo|redis|qdrant|deadlock"
                  + "|constraint|duplicate key|relation|transaction|database|tablespace|replication"),
          category(
              Category.DEPLOYMENT,
              "deploy|rollout|imagepull|errimage|crashloop|back-off|kubelet|helm|container|migration"
                  + "|systemd|unit .{1,80} failed"),
          category(
              Category.PERFORMANCE,
              "timed? ?out|timeout|deadline exceeded|slow|latency|throttl|took (?:too long|longer)|overload"),
          category(
              Category.NETWORK,
              "connection|connect|socket|\\bdns\\b|no such host|name or service|resolve|unreachable|broken pipe"
                  + "|\\btls\\b|\\bssl\\b|certificate|handshake|\\beof\\b|reset by peer|network|refused"),
          category(
              Category.INTEGRATION,
              "upstream|gateway|webhook|third[- ]party|rate limit|too many requests|\\b(?:429|50[0234])\\b"
                  + "|remote|endpoint|\\bapi\\b"),
          category(
              Category.CONFIGURATION,
              "config|not configured|environment variable|unknown (?:key|option|directive)|missing required"
                  + "|yaml|toml|no such file|module not found|modulenotfound|importerror|classnotfound"),
          category(
              Category.VALIDATION,
              "invalid|validat|malformed|parse|parsing|syntax|unexpected (?:token|character|end)|schema"
                  + "|valueerror|typeerror|keyerror|numberformat|illegalargument|indexoutofbounds"
                  + "|nullpointer|must (?:not )?be|required"));

  private static final List<SeverityRule> SEVERITIES =
      List.of(
          severity(
              Severity.CRITICAL,
              "corrupt|data loss|\\bpanic|\\bfatal\\b|out of memory|outofmemory|oom[- ]?kill|no space left"
                  + "|segmentation fault|segfault|checksum mismatch|kernel bug"),
          severity(Severity.INFO, "^(?:info|notice|debug)\\b"),
          severity(Severity.LOW, "^warn|deprecat|will retry|retrying|\\bslow\\b"),
          severity(
              Severity.HIGH,
              "refused|unavailable|unreachable|crash|expired|denied|deadlock|cannot connect|could not connect"
                  + "|failed to start|too many open files|authentication failed|nullpointer|assertion"));

  private Triage() {}

  private static CategoryRule category(Category category, String words) {
    return new CategoryRule(category, Pattern.compile(words, Pattern.CASE_INSENSITIVE));
  }

  private static SeverityRule severity(Severity severity, String words) {
    return new SeverityRule(severity, Pattern.compile(words, Pattern.CASE_INSENSITIVE));
  }

  /** What it is about, by the words of its type, message and component. */
  static Category category(String component, String errorType, String message) {
    String said = errorType + " " + begin(message) + " " + component;
    return CATEGORIES.stream()
        .filter(rule -> rule.words.matcher(said).find())
        .map(CategoryRule::category)
        .findFirst()
        .orElse(Category.UNKNOWN);
  }

  /** How bad it is, by the words of its type and message. */
  static Severity severity(String errorType, String message) {
    String begin = begin(message);
    return SEVERITIES.stream()
        .filter(rule -> rule.words.matcher(begin).find() || rule.words.matcher(errorType).find())
        .map(SeverityRule::severity)
        .findFirst()
        .orElse(Severity.MEDIUM);
  }

  private static String begin(String message) {
    return message.substring(0, Math.min(message.length(), 2_000));
  }
}
