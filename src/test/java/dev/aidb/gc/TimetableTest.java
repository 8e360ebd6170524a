package dev.aidb.gc;

import static dev.aidb.gc.Shelf.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.CronSchedule;
import dev.aidb.testkit.Eventually;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimetableTest {
  @TempDir Path directory;

  private Shelf shelf;

  @BeforeEach
  void open() {
    shelf = new Shelf(directory);
  }

  @AfterEach
  void close() {
    shelf.close();
  }

  private void scheduledSince(String moment) {
    shelf.database.useHandle(
        handle -> handle.execute("UPDATE gc_schedule SET since = ?::timestamptz", moment));
  }

  private Timetable timetable(String now, boolean enabled, String zone) {
    return timetable(Clock.fixed(Instant.parse(now), ZoneOffset.UTC), enabled, zone);
  }

  private Timetable timetable(Clock clock, boolean enabled, String zone) {
    return new Timetable(
        shelf.collector(rules(100)),
        new Figures(shelf.database, 100, shelf.metrics),
        clock,
        new Timetable.Settings(
            enabled, CronSchedule.parse("0 2 * * *"), ZoneId.of(zone), Duration.ofMillis(50)));
  }

  @Test
  void aNewDatabaseHasMissedNothing() {
    assertThat(timetable(Clock.systemUTC(), true, "UTC").due()).isEmpty();
  }

  @Test
  void ofSeveralMissedMomentsTheLatestIsDue() {
    scheduledSince("2026-01-10T12:00:00Z");

    assertThat(timetable("2026-01-11T01:59:59Z", true, "UTC").due()).isEmpty();
    for (String now :
        new String[] {"2026-01-15T02:00:00Z", "2026-01-15T02:30:00Z", "2026-01-15T23:00:00Z"}) {
      assertThat(timetable(now, true, "UTC").due())
          .isEqualTo(Optional.of(Instant.parse("2026-01-15T02:00:00Z")));
    }
    assertThat(timetable("2029-01-15T01:00:00Z", true, "UTC").due())
        .contains(Instant.parse("2029-01-14T02:00:00Z"));
  }

  private void ranFor(String moment) {
    shelf.database.useHandle(handle ->
        handle.execute(
            """
            INSERT INTO gc_run (id, due_at, dry_run, force, tasks, actor, request_id, state, started_at, as_of)
            VALUES (gen_random_uuid(), ?::timestamptz, false, false, '{orphan}', 'schedule', '', 'done', now(), now())
            """,
            moment));
  }

  @Test
  void aRunOfAClockThatWasAheadDoesNotStopTheSchedule() {
    scheduledSince("2026-01-10T12:00:00Z");
    ranFor("2026-01-14T02:00:00Z");
    ranFor("2027-06-01T02:00:00Z");

    assertThat(timetable("2026-01-15T01:59:59Z", true, "UTC").due()).isEmpty();
    assertThat(timetable("2026-01-15T02:30:00Z", true, "UTC").due())
        .contains(Instant.parse("2026-01-15T02:00:00Z"));
  }

  @Test
  void theTimeZoneCounts() {
    scheduledSince("2026-01-10T12:00:00Z");

    assertThat(timetable("2026-01-15T01:30:00Z", true, "Europe/Berlin").due())
        .contains(Instant.parse("2026-01-15T01:00:00Z"));
  }

  @Test
  void nothingIsDueWhereTheScheduleIsOff() {
    scheduledSince("2026-01-10T12:00:00Z");

    assertThat(timetable("2026-01-15T02:30:00Z", false, "UTC").due()).isEmpty();
    assertThat(timetable("2026-01-15T02:30:00Z", false, "UTC").nextRun()).isEmpty();
    assertThat(timetable("2026-01-15T02:30:00Z", true, "UTC").nextRun())
        .contains(Instant.parse("2026-01-16T02:00:00Z"));
  }

  @Test
  void aMissedMomentHasOneRunWhicheverReplicaMakesIt() {
    scheduledSince("2026-01-10T12:00:00Z");
    shelf.put(0.1, 40);
    Clock clock = Clock.systemUTC();
    try (Timetable one = timetable(clock, true, "UTC");
        Timetable other = timetable(clock, true, "UTC")) {
      one.start();
      other.start();
      Eventually.within(
          Duration.ofSeconds(20),
          "the run ends",
          () -> shelf.number("SELECT count(*) FROM gc_run WHERE state = 'done'") == 1);
      Eventually.within(
          Duration.ofSeconds(20),
          "both see it",
          () -> one.due().isEmpty() && other.due().isEmpty());
    }
    assertThat(shelf.number("SELECT count(*) FROM gc_run")).isEqualTo(1);
    assertThat(shelf.one("SELECT actor FROM gc_run", String.class)).isEqualTo("schedule");
    assertThat(shelf.solutions()).isEmpty();
  }

  @Test
  void anInterruptedRunIsTakenUpThoughTheScheduleIsOff() {
    shelf.put(0.1, 40);
    Collector dying =
        shelf.collector(
            rules(100),
            at -> {
              if (at == Checkpoint.Place.PLAN_STORED) {
                throw new AssertionError("killed");
              }
            });
    var unused = shelf.run(dying, Shelf.asked(false));
    try (Timetable timetable = timetable(Clock.systemUTC(), false, "UTC")) {
      timetable.start();
      Eventually.within(Duration.ofSeconds(20), "it goes on", () -> shelf.solutions().isEmpty());
    }
  }
}
