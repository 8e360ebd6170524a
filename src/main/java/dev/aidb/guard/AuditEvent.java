package dev.aidb.guard;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that somebody will want to know about later. It never holds a secret, a query or
 * content.
 *
 * @param actor the caller's id, such as {@code local}, {@code key:01j...} or {@code cli:root}
 * @param action a noun and a verb, such as {@code document.delete}
 * @param target what it was done to: an id or a name; may be empty
 * @param outcome how it went
 * @param requestId the request's id; empty where there was no request
 * @param details further facts: texts, numbers and lists of them
 */
public record AuditEvent(
    String actor,
    String action,
    String target,
    Outcome outcome,
    String requestId,
    Map<String, Object> details) {
  public AuditEvent {
    details = Collections.unmodifiableMap(new TreeMap<>(details)); // in an order that stays
  }

  /** How it went. */
  public enum Outcome {
    DONE,
    FAILED,
    REFUSED;

    /** The name in rows and answers. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
