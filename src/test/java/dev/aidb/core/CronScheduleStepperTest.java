package dev.aidb.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Against a stepper that goes through every minute. */
class CronScheduleStepperTest {
  private static final List<ZoneId> ZONES =
      List.of(
          ZoneOffset.UTC,
          ZoneId.of("Europe/Berlin"),
          ZoneId.of("America/New_York"),
          ZoneId.of("Australia/Lord_Howe"),
          ZoneId.of("Pacific/Apia"));
  private static final int STEPS = 10 * 24 * 60;

  /** What a field takes, as the oracle understands it: a list of (from, to, step) or stars. */
  record Item(int from, int to, int step, boolean star) {
    String text() {
      String range = star ? "*" : from == to && step == 1 ? "" + from : from + "-" + to;
      return step == 1 ? range : range + "/" + step;
    }

    boolean takes(int value, int min, int max) {
      int low = star ? min : from;
      int high = star ? max : to;
      return value >= low && value <= high && (value - low) % step == 0;
    }
  }

  record Field(List<Item> items, int min, int max) {
    String text() {
      return String.join(",", items.stream().map(Item::text).toList());
    }

    boolean takes(int value) {
      return items.stream().anyMatch(item -> item.takes(value, min, max));
    }

    boolean open() {
      return items.getFirst().star();
    }
  }

  record Expression(Field minute, Field hour, Field day, Field month, Field week) {
    String text() {
      return String.join(" ", minute.text(), hour.text(), day.text(), month.text(), week.text());
    }

    boolean takes(LocalDateTime t) {
      boolean ofMonth = day.takes(t.getDayOfMonth());
      boolean ofWeek = week.takes(t.getDayOfWeek().getValue() % 7);
      boolean either = !day.open() && !week.open();
      return minute.takes(t.getMinute())
          && hour.takes(t.getHour())
          && month.takes(t.getMonthValue())
          && (either ? ofMonth || ofWeek : ofMonth && ofWeek);
    }
  }

  private static Arbitrary<Field> field(int min, int max) {
    Arbitrary<Integer> value = Arbitraries.integers().between(min, max);
    Arbitrary<Item> range =
        Combinators.combine(value, value, Arbitraries.integers().between(1, Math.max(1, max / 4)))
            .as((a, b, step) -> new Item(Math.min(a, b), Math.max(a, b), step, false));
    Arbitrary<Item> single = value.map(v -> new Item(v, v, 1, false));
    Arbitrary<Item> star =
        Arbitraries.integers().between(1, 5).map(step -> new Item(min, max, step, true));
    Arbitrary<Item> bare = Arbitraries.just(new Item(min, max, 1, true));
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, bare),
            net.jqwik.api.Tuple.of(1, star),
            net.jqwik.api.Tuple.of(2, single),
            net.jqwik.api.Tuple.of(2, range))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(items -> new Field(items, min, max));
  }

  @Provide
  static Arbitrary<Expression> expressions() {
    return Combinators.combine(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
        .as(Expression::new)
        .filter(e -> e.week().open() ? e.day().open() || possible(e) : true);
  }

  private static boolean possible(Expression e) {
    return LocalDate.of(2024, 1, 1)
        .datesUntil(LocalDate.of(2025, 1, 1))
        .anyMatch(d -> e.month().takes(d.getMonthValue()) && e.day().takes(d.getDayOfMonth()));
  }

  /** Mostly a few days before a change of the clocks. */
  @Provide
  static Arbitrary<ZonedDateTime> starts() {
    Arbitrary<ZoneId> zones = Arbitraries.of(ZONES);
    Arbitrary<LocalDateTime> times =
        Arbitraries.longs()
            .between(1_300_000_000L, 1_900_000_000L)
            .map(s -> LocalDateTime.ofEpochSecond(s, 0, ZoneOffset.UTC));
    return Combinators.combine(zones, times, Arbitraries.integers().between(-3000, 20_000))
        .as((zone, time, minutesBefore) -> {
          ZonedDateTime start = time.atZone(zone);
          ZoneOffsetTransition change = zone.getRules().nextTransition(start.toInstant());
          return change == null
              ? start
              : change.getInstant().atZone(zone).minusMinutes(minutesBefore);
        });
  }

  @Property(tries = 400)
  void agreesWithAStepperOfMinutes(
      @ForAll("expressions") Expression expression, @ForAll("starts") ZonedDateTime start) {
    ZonedDateTime next = CronSchedule.parse(expression.text()).next(start);

    Optional<ZonedDateTime> expected = step(expression, start);
    if (expected.isPresent()) {
      assertThat(next).isEqualTo(expected.get());
    } else {
      assertThat(next).isAfter(start.plusMinutes(STEPS - 1));
      assertThat(fires(expression, next)).isTrue();
    }
  }

  private static Optional<ZonedDateTime> step(Expression expression, ZonedDateTime start) {
    ZonedDateTime time = start.withSecond(0).withNano(0);
    for (int i = 0; i < STEPS; i++) {
      time = time.plusMinutes(1);
      if (fires(expression, time)) {
        return Optional.of(time);
      }
    }
    return Optional.empty();
  }

  private static boolean fires(Expression expression, ZonedDateTime time) {
    if (changeAt(time).stream().anyMatch(change -> fallsInto(expression, change))) {
      return true;
    }
    boolean again = !time.withEarlierOffsetAtOverlap().isEqual(time);
    return !again && expression.takes(time.toLocalDateTime());
  }

  private static boolean fallsInto(Expression expression, ZoneOffsetTransition gap) {
    return Stream.iterate(
            gap.getDateTimeBefore(), t -> t.isBefore(gap.getDateTimeAfter()), t -> t.plusMinutes(1))
        .anyMatch(expression::takes);
  }

  private static Optional<ZoneOffsetTransition> changeAt(ZonedDateTime time) {
    return Optional.ofNullable(
            time.getZone().getRules().previousTransition(time.toInstant().plusSeconds(1)))
        .filter(change -> change.getInstant().equals(time.toInstant()));
  }
}
