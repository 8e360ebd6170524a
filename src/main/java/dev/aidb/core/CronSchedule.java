package dev.aidb.core;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;

/**
 * A schedule in the five fields of cron: minute, hour, day of month, month, day of week.
 *
 * <p>A field is a star, a value, a range {@code 1-5}, either of star and range with a step {@code
 * *}{@code /15}, or a list of these. Months and days of the week may be named by their first three
 * letters; Sunday is 0 and 7. As in cron, when neither of the two fields of days begins with a star
 * a day that fits one of them is enough; otherwise it must fit both.
 *
 * <p>The times are local ones. One that a clock change skips comes at the first moment after the
 * gap, together with all others that the gap skips; one that the change repeats comes once, the
 * first time.
 */
public final class CronSchedule {
  private static final int LENGTH_MAX = 200;

  /** February 29 on a given day of the week comes at least every 40 years. */
  private static final int YEARS_MAX = 41;

  private static final String FORM = "must be a cron expression of five fields, such as 0 2 * * *";

  private final String text;
  private final CronField minutes;
  private final CronField hours;
  private final CronField daysOfMonth;
  private final CronField months;
  private final CronField daysOfWeek;

  private CronSchedule(String text, String[] fields) {
    this.text = text;
    this.minutes = CronField.parse(CronField.Kind.MINUTE, fields[0]);
    this.hours = CronField.parse(CronField.Kind.HOUR, fields[1]);
    this.daysOfMonth = CronField.parse(CronField.Kind.DAY_OF_MONTH, fields[2]);
    this.months = CronField.parse(CronField.Kind.MONTH, fields[3]);
    this.daysOfWeek = CronField.parse(CronField.Kind.DAY_OF_WEEK, fields[4]);
  }

  /**
   * Reads an expression of at most 200 characters.
   *
   * @throws IllegalArgumentException when it isn't one, or names no day of the calendar, such as
   *     February 30; the message says what it must be and doesn't repeat it
   */
  public static CronSchedule parse(String text) {
    String[] fields = text.length() > LENGTH_MAX ? new String[0] : text.strip().split("[ \t]+");
    if (fields.length != 5) {
      throw new IllegalArgumentException(FORM);
    }
    CronSchedule schedule = new CronSchedule(text.strip(), fields);
    if (!schedule.namesADay()) {
      throw new IllegalArgumentException(
          "must be a cron expression whose day of month exists in one of its months");
    }
    return schedule;
  }

  /** Every day of a month is, in some year, any day of the week. */
  private boolean namesADay() {
    if (eitherDay()) {
      return true;
    }
    for (Month month : Month.values()) {
      int first = daysOfMonth.firstFrom(1);
      if (months.takes(month.getValue()) && first <= month.maxLength()) {
        return true;
      }
    }
    return false;
  }

  /** The first time after the given one, in its time zone. */
  public ZonedDateTime next(ZonedDateTime after) {
    LocalDateTime local = after.toLocalDateTime().truncatedTo(ChronoUnit.MINUTES);
    ZonedDateTime next;
    do { // more than once in an hour that is repeated
      local = nextLocal(local.plusMinutes(1));
      next = inZone(local, after.getZone());
    } while (!next.isAfter(after));
    return next;
  }

  private static ZonedDateTime inZone(LocalDateTime local, ZoneId zone) {
    ZoneOffsetTransition change = zone.getRules().getTransition(local);
    return change != null && change.isGap()
        ? change.getInstant().atZone(zone)
        : local.atZone(zone); // of two the earlier
  }

  /** The first local time from that on. */
  private LocalDateTime nextLocal(LocalDateTime from) {
    LocalDate date = from.toLocalDate();
    if (takes(date)) {
      int minute = firstMinuteFrom(from.getHour(), from.getMinute());
      if (minute >= 0) {
        return at(date, minute);
      }
    }
    return at(nextDate(date.plusDays(1)), firstMinuteFrom(0, 0));
  }

  private static LocalDateTime at(LocalDate date, int minuteOfDay) {
    return date.atTime(minuteOfDay / 60, minuteOfDay % 60);
  }

  /** The first minute of the day from that time on, or -1. */
  private int firstMinuteFrom(int hour, int minute) {
    if (hours.takes(hour) && minutes.firstFrom(minute) >= 0) {
      return hour * 60 + minutes.firstFrom(minute);
    }
    int later = hours.firstFrom(hour + 1);
    return later < 0 ? -1 : later * 60 + minutes.firstFrom(0);
  }

  private LocalDate nextDate(LocalDate from) {
    LocalDate date = from;
    while (!takes(date)) {
      date =
          months.takes(date.getMonthValue())
              ? date.plusDays(1)
              : date.withDayOfMonth(1).plusMonths(1);
      if (date.getYear() - from.getYear() > YEARS_MAX) {
        throw new IllegalStateException("no day within " + YEARS_MAX + " years fits " + text);
      }
    }
    return date;
  }

  private boolean takes(LocalDate date) {
    if (!months.takes(date.getMonthValue())) {
      return false;
    }
    boolean ofMonth = daysOfMonth.takes(date.getDayOfMonth());
    boolean ofWeek = daysOfWeek.takes(date.getDayOfWeek().getValue() % 7);
    return eitherDay() ? ofMonth || ofWeek : ofMonth && ofWeek;
  }

  private boolean eitherDay() {
    return !daysOfMonth.open() && !daysOfWeek.open();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronSchedule schedule && schedule.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
