package dev.aidb.policy;

import java.util.Locale;

/** What a payload attacks, in the order in which an answer names the first. */
public enum AttackKind {
  /** Markup or script that would run in a browser. */
  XSS,
  /** A fragment that leaves a value and goes on as SQL, or as a query of a document database. */
  SQL_INJECTION,
  /** A path that climbs out of its folder, or a wrapper that opens any file. */
  PATH_TRAVERSAL,
  /** Commands of a shell, template expressions, code, or objects that run code when read. */
  CODE_INJECTION;

  /** The name in answers and metrics, such as {@code sql_injection}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
