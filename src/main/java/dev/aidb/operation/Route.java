package dev.aidb.operation;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a route's template says about where an input's components come from. */
final class Route {
  private static final Pattern VARIABLE = Pattern.compile("\\{([^/{}]+)\\}");

  private Route() {}

  /** The variables of a template, in order. */
  static List<String> variables(String template) {
    return VARIABLE.matcher(template).results().map((MatchResult r) -> r.group(1)).toList();
  }

  /** Whether the method carries a body, where the components that aren't in the path come from. */
  static boolean hasBody(Operation<?, ?> operation) {
    return switch (operation.method()) {
      case GET, DELETE -> false;
      case POST, PATCH -> true;
    };
  }
}
