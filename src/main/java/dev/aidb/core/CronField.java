package dev.aidb.core;

import java.util.List;
import java.util.Locale;

/**
 * One of the five fields of a cron expression, read into the set of its values.
 *
 * @param values bit {@code n} is set when the field takes {@code n}
 * @param open whether the field begins with a star
 */
record CronField(long values, boolean open) {
  /**
   * What a field may hold.
   *
   * @param names short names of the values from {@code min} on, or none
   */
  enum Kind {
    MINUTE("minute", 0, 59, List.of()),
    HOUR("hour", 0, 23, List.of()),
    DAY_OF_MONTH("day of month", 1, 31, List.of()),
    MONTH(
        "month",
        1,
        12,
        List.of(
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    /** Sunday is 0 and 7. */
    DAY_OF_WEEK(
        "day of week", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"));

    private final String title;
    private final int min;
    private final int max;
    private final List<String> names;

    Kind(String title, int min, int max, List<String> names) {
      this.title = title;
      this.min = min;
      this.max = max;
      this.names = names;
    }
  }

  boolean takes(int value) {
    return (values >>> value & 1) != 0;
  }

  /** The least value from that on, or -1. */
  int firstFrom(int value) {
    long rest = value >= Long.SIZE ? 0 : values >>> value << value;
    return rest == 0 ? -1 : Long.numberOfTrailingZeros(rest);
  }

  static CronField parse(Kind kind, String text) {
    long values = 0;
    for (String item : text.split(",", -1)) {
      values |= item(kind, item);
    }
    if (kind == Kind.DAY_OF_WEEK && (values >>> 7 & 1) != 0) {
      values = values & ~(1L << 7) | 1;
    }
    return new CronField(values, text.startsWith("*"));
  }

  private static long item(Kind kind, String item) {
    int slash = item.indexOf('/');
    String range = slash < 0 ? item : item.substring(0, slash);
    int dash = range.indexOf('-');
    boolean star = range.equals("*");
    if (slash >= 0 && !star && dash < 0) {
      throw refused(kind); // some read 5/10 as from 5 on, others as 5 alone
    }
    int from = star ? kind.min : value(kind, dash < 0 ? range : range.substring(0, dash));
    int to = star ? lastOf(kind) : dash < 0 ? from : endOf(kind, from, range.substring(dash + 1));
    int step = slash < 0 ? 1 : number(kind, item.substring(slash + 1));
    if (from > to || step < 1 || step > kind.max) {
      throw refused(kind);
    }
    long values = 0;
    for (int value = from; value <= to; value += step) {
      values |= 1L << value;
    }
    return values;
  }

  /** A star is all days of the week once. */
  private static int lastOf(Kind kind) {
    return kind == Kind.DAY_OF_WEEK ? 6 : kind.max;
  }

  /** A Sunday ends a week as well as it begins one, as in {@code fri-sun}. */
  private static int endOf(Kind kind, int from, String text) {
    int value = value(kind, text);
    return kind == Kind.DAY_OF_WEEK && value == 0 && from > 0 ? 7 : value;
  }

  private static int value(Kind kind, String text) {
    int named = kind.names.indexOf(text.toLowerCase(Locale.ROOT));
    int value = named >= 0 ? kind.min + named : number(kind, text);
    if (value < kind.min || value > kind.max) {
      throw refused(kind);
    }
    return value;
  }

  private static int number(Kind kind, String text) {
    if (text.isEmpty() || text.length() > 2 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw refused(kind);
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException refused(Kind kind) {
    String names =
        kind.names.isEmpty() ? "" : " or " + kind.names.get(1) + ", " + kind.names.get(2) + " ...";
    return new IllegalArgumentException(
        "must be a cron expression whose %s has values from %d to %d%s, as in *, */2, 1-5 or 1,3"
            .formatted(kind.title, kind.min, kind.max, names));
  }
}
