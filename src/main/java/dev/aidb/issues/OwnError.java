package dev.aidb.issues;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes a failure of the program itself out as a report. The message of an exception may quote
 * what a client sent, and one of the database the statement with its arguments: so only the first
 * line counts, without what is quoted, and as its template. What remains is the program's own
 * words.
 */
final class OwnError {
  private static final int CAUSES_MAX = 5;
  private static final int FRAMES_MAX = 40;
  private static final int WORDS_MAX = 300;
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"?|'[^']*'|`[^`]*`?|“[^”]*”?");

  private OwnError() {}

  static IssueReport report(String component, Throwable failure, Optional<String> requestId) {
    Throwable root = root(failure);
    String type = root.getClass().getName();
    String message = words(root);
    String said = message.isEmpty() ? type : message;
    Severity severity = Triage.severity(type, said);
    return new IssueReport(
        component,
        type,
        said,
        severity == Severity.CRITICAL || root instanceof VirtualMachineError
            ? Severity.CRITICAL
            : Severity.HIGH,
        Triage.category(component, type, said),
        requestId.<Map<String, Object>>map(id -> Map.of("request_id", id)).orElseGet(Map::of),
        Optional.of(stack(failure)));
  }

  /** The innermost cause, which tells more than those who wrapped it. */
  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < CAUSES_MAX && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root;
  }

  private static String words(Throwable failure) {
    String message = failure.getMessage();
    if (message == null) {
      return "";
    }
    int end = message.indexOf('\n');
    int statement = message.indexOf("[statement");
    end = end < 0 ? message.length() : end;
    end = statement < 0 ? end : Math.min(end, statement);
    String line = message.substring(0, Math.min(end, WORDS_MAX));
    return MessageTemplate.of(QUOTED.matcher(line).replaceAll("<str>"));
  }

  private static String stack(Throwable failure) {
    StringBuilder text = new StringBuilder();
    Throwable current = failure;
    for (int depth = 0; current != null && depth < CAUSES_MAX; depth++) {
      text.append(depth == 0 ? "" : "caused by ").append(current.getClass().getName());
      String words = words(current);
      text.append(words.isEmpty() ? "" : ": " + words).append('\n');
      StackTraceElement[] frames = current.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
        text.append("  at ").append(frames[i]).append('\n');
      }
      current = current.getCause();
    }
    return text.toString();
  }
}
