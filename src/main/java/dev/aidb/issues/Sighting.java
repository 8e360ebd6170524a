package dev.aidb.issues;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One or more occurrences of an error, as they are stored: bounded, without secrets, and with their
 * fingerprint.
 *
 * @param occurrences at least 1
 * @param at when the last of them happened
 */
record Sighting(
    String fingerprint, String template, IssueReport report, long occurrences, Instant at) {
  static final int NAME_MAX = 200;
  static final int MESSAGE_MAX = 10_000;
  static final int STACK_MAX = 50_000;

  /** Of a single occurrence. */
  static Sighting of(IssueReport raw, Instant at) {
    String component = name(raw.component());
    String errorType = name(raw.errorType());
    String message = SecretMask.over(storable(raw.message(), MESSAGE_MAX));
    String template = MessageTemplate.of(message);
    IssueReport report =
        new IssueReport(
            component,
            errorType,
            message,
            raw.severity(),
            raw.category(),
            SecretMask.over(raw.context()),
            raw.stack().map(stack -> SecretMask.over(storable(stack, STACK_MAX))));
    return new Sighting(Fingerprint.of(errorType, component, template), template, report, 1, at);
  }

  /** This and further occurrences of the same fingerprint. */
  Sighting and(Sighting other) {
    return new Sighting(
        fingerprint,
        template,
        report,
        occurrences + other.occurrences,
        at.isAfter(other.at) ? at : other.at);
  }

  /** Sightings with those of one fingerprint and five minutes made one, in order of arrival. */
  static Iterable<Sighting> gathered(Iterable<Sighting> sightings) {
    record Key(String fingerprint, Instant five) {}
    Map<Key, Sighting> gathered = new LinkedHashMap<>();
    for (Sighting sighting : sightings) {
      gathered.merge(
          new Key(sighting.fingerprint, History.fiveOf(sighting.at)), sighting, Sighting::and);
    }
    return gathered.values();
  }

  private static String name(String raw) {
    String name = SecretMask.over(storable(raw, NAME_MAX)).strip();
    return name.isEmpty() ? "unknown" : name;
  }

  /** The text cut to so many UTF-16 units, without what PostgreSQL can't hold. */
  private static String storable(String raw, int max) {
    StringBuilder text = new StringBuilder(Math.min(raw.length(), max));
    int i = 0;
    while (i < raw.length() && text.length() < max) {
      int c = raw.codePointAt(i);
      i += Character.charCount(c);
      boolean lone = c <= 0xFFFF && Character.isSurrogate((char) c);
      text.appendCodePoint(c == 0 || lone ? '?' : c);
    }
    return text.toString();
  }
}
