package dev.aidb.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static List<String> firstTimes(String cron, String after, ZoneId zone, int count) {
    CronSchedule schedule = CronSchedule.parse(cron);
    return Stream.iterate(LocalDateTime.parse(after).atZone(zone), schedule::next)
        .skip(1)
        .limit(count)
        .map(time -> time.toOffsetDateTime().toString())
        .toList();
  }

  private static List<String> inUtc(String cron, String after, int count) {
    return firstTimes(cron, after, ZoneOffset.UTC, count).stream()
        .map(time -> time.replace("Z", ""))
        .toList();
  }

  @Test
  void comesAtItsMinuteStrictlyAfter() {
    assertThat(inUtc("0 2 * * *", "2026-03-01T01:59:59", 2))
        .containsExactly("2026-03-01T02:00", "2026-03-02T02:00");
    assertThat(inUtc("0 2 * * *", "2026-03-01T02:00:00", 1)).containsExactly("2026-03-02T02:00");
    assertThat(inUtc("* * * * *", "2026-12-31T23:59:30", 1)).containsExactly("2027-01-01T00:00");
  }

  @Test
  void takesListsRangesStepsAndNames() {
    assertThat(inUtc("5,50-52 */12 * * *", "2026-03-01T00:00", 5))
        .containsExactly(
            "2026-03-01T00:05",
            "2026-03-01T00:50",
            "2026-03-01T00:51",
            "2026-03-01T00:52",
            "2026-03-01T12:05");
    assertThat(inUtc("0 0 * Feb,nov FRI-sun", "2026-02-26T00:00", 4))
        .containsExactly(
            "2026-02-27T00:00", "2026-02-28T00:00", "2026-11-01T00:00", "2026-11-06T00:00");
    assertThat(inUtc("10-59/20 3 1 1 *", "2026-01-01T03:00", 4))
        .containsExactly(
            "2026-01-01T03:10", "2026-01-01T03:30", "2026-01-01T03:50", "2027-01-01T03:10");
  }

  @Test
  void sundayIsNoughtAndSeven() {
    for (String sunday : List.of("0", "7", "sun", "SUN", "0,7", "7-7", "sun-sun", "*/7")) {
      assertThat(inUtc("0 0 * * " + sunday, "2026-03-02T00:00", 2))
          .as(sunday)
          .containsExactly("2026-03-08T00:00", "2026-03-15T00:00");
    }
  }

  @Test
  void aDayThatFitsOneOfTwoRestrictedFieldsIsEnough() {
    assertThat(inUtc("0 0 13 * fri", "2026-03-01T00:00", 5))
        .containsExactly(
            "2026-03-06T00:00",
            "2026-03-13T00:00",
            "2026-03-20T00:00",
            "2026-03-27T00:00",
            "2026-04-03T00:00");
  }

  @Test
  void aDayMustFitBothFieldsWhenOneBeginsWithAStar() {
    assertThat(inUtc("0 0 13 * *", "2026-03-01T00:00", 2))
        .containsExactly("2026-03-13T00:00", "2026-04-13T00:00");
    assertThat(inUtc("0 0 */2 * mon", "2026-03-01T00:00", 3))
        .containsExactly("2026-03-09T00:00", "2026-03-23T00:00", "2026-04-13T00:00");
  }

  @Test
  void waitsForALeapYear() {
    assertThat(inUtc("0 0 29 2 *", "2096-03-01T00:00", 1)).containsExactly("2104-02-29T00:00");
    assertThat(inUtc("0 0 29 2 */7", "2088-03-01T00:00", 1))
        .as("a Sunday")
        .containsExactly("2128-02-29T00:00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "daily",
        "@daily",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 0 *",
        "* * * 13 *",
        "* * * * 8",
        "-1 * * * *",
        "5- * * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "*/60 * * * *",
        "*/ * * * *",
        "5/10 * * * *",
        "1,,2 * * * *",
        "1, * * * *",
        "** * * * *",
        "mon * * * *",
        "* * * mon *",
        "* * * * monday",
        "* * * * m",
        "0x5 * * * *",
        "\u0665 * * * *",
        "007 * * * *",
        "* * L * *",
        "* * * * 5#2",
        "1-2-3 * * * *",
        "*/2/2 * * * *",
        "*-5 * * * *",
      })
  void refusesWhatIsNone(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CronSchedule.parse(text))
        .withMessageStartingWith("must be a cron expression ");
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CronSchedule.parse("1,".repeat(200) + "1 * * * *"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30-31 feb *", "0 0 31 4 */2"})
  void refusesDatesThatNeverCome(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CronSchedule.parse(text))
        .withMessageContaining("day of month");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 29 2 *", "0 0 31 2,3 *", "0 0 30 2 mon", "0 0 */31 2 *"})
  void takesDatesThatCome(String text) {
    CronSchedule schedule = CronSchedule.parse("  " + text.replace(" ", " \t "));

    assertThat(schedule.next(LocalDate.EPOCH.atStartOfDay(BERLIN)).getYear()).isLessThan(1975);
  }

  @Test
  void saysWhatAFieldMayHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CronSchedule.parse("* * * 13 *"))
        .withMessage(
            "must be a cron expression whose month has values from 1 to 12 or feb, mar ..., as in"
                + " *, */2, 1-5 or 1,3");
  }

  @Test
  void isWhatWasWritten() {
    CronSchedule schedule = CronSchedule.parse(" 0 2 * * MON ");

    assertThat(schedule).hasToString("0 2 * * MON").isEqualTo(CronSchedule.parse("0 2 * * MON"));
    assertThat(schedule).hasSameHashCodeAs(CronSchedule.parse("0 2 * * MON"));
    assertThat(schedule).isNotEqualTo(CronSchedule.parse("0 2 * * TUE"));
  }

  /** A schedule, a local time before, and the times that follow. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Europe/Berlin       | 30 2 * * *   | 2026-03-28T03:00 | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
          Europe/Berlin       | */20 2 * * * | 2026-03-28T03:00 | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          Europe/Berlin       | 0 2,3 * * *  | 2026-03-28T04:00 | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          Europe/Berlin       | 30 * * * *   | 2026-03-29T01:00 | 2026-03-29T01:30+01:00 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00
          Europe/Berlin       | 30 2 * * *   | 2026-10-24T03:00 | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00
          Europe/Berlin       | 30 * * * *   | 2026-10-25T01:00 | 2026-10-25T01:30+02:00 2026-10-25T02:30+02:00 2026-10-25T03:30+01:00
          America/New_York    | 15 2 * * *   | 2026-03-07T03:00 | 2026-03-08T03:00-04:00 2026-03-09T02:15-04:00
          America/New_York    | 0 1 * * *    | 2026-10-31T02:00 | 2026-11-01T01:00-04:00 2026-11-02T01:00-05:00
          Australia/Lord_Howe | 15 2 * * *   | 2026-10-03T03:00 | 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00
          Australia/Lord_Howe | 45 2 * * *   | 2026-10-03T03:00 | 2026-10-04T02:45+11:00 2026-10-05T02:45+11:00
          Australia/Lord_Howe | 45 1 * * *   | 2026-04-04T02:00 | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30
          Australia/Lord_Howe | 15 1 * * *   | 2026-04-04T02:00 | 2026-04-05T01:15+11:00 2026-04-06T01:15+10:30
          """)
  void followsTheClocksChanges(String zone, String cron, String after, String expected) {
    String[] times = expected.split(" ");

    assertThat(firstTimes(cron, after, ZoneId.of(zone), times.length)).containsExactly(times);
  }

  @Test
  void goesOnFromWithinTheRepeatedHour() {
    CronSchedule schedule = CronSchedule.parse("30 2 * * *");
    ZonedDateTime firstPass = LocalDateTime.parse("2026-10-25T02:15").atZone(BERLIN);

    assertThat(schedule.next(firstPass)).isEqualTo("2026-10-25T02:30+02:00[Europe/Berlin]");
    assertThat(schedule.next(firstPass.withLaterOffsetAtOverlap()))
        .isEqualTo("2026-10-26T02:30+01:00[Europe/Berlin]");
  }

  @Test
  void survivesADayThatIsSkippedAsAWhole() {
    assertThat(firstTimes("0 9 * * *", "2011-12-29T10:00", ZoneId.of("Pacific/Apia"), 2))
        .containsExactly("2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00");
  }
}
