package dev.aidb.gc;

import static dev.aidb.gc.Shelf.asked;
import static dev.aidb.gc.Shelf.axis;
import static dev.aidb.gc.Shelf.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.gc.Checkpoint.Place;
import dev.aidb.gc.Shelf.Draft;
import dev.aidb.testkit.Eventually;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
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

  @Test
  void theOldOfLowValueGoesWithTombstoneAuditRowAndIndexEntry() {
    UUID goes = shelf.put(0.3, 40);
    UUID valuable = shelf.put(0.6, 40);
    UUID young = shelf.put(0.3, 10);

    Run run = shelf.run(shelf.collector(rules(100)), asked(false));

    assertThat(run.state()).isEqualTo(State.DONE);
    assertThat(run.total(Reason.EXPIRED)).isEqualTo(new Run.Total(1, 1, 0));
    assertThat(shelf.solutions()).containsExactlyInAnyOrder(valuable, young);
    assertThat(shelf.list("SELECT id FROM tombstone")).containsExactly(goes);
    assertThat(shelf.indexed()).hasSize(2);
    assertThat(
            shelf.one(
                "SELECT concat_ws(' ', actor, action, target, outcome, request_id, details->>'run', details->>'reason') FROM audit_event",
                String.class))
        .isEqualTo("key:test solution.forget " + goes + " done request-1 " + run.id() + " expired");
  }

  @Test
  void aClockThatIsFarAheadRemovesNothing() {
    UUID young = shelf.put(0.3, 10);
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofDays(60));

    Run run = shelf.run(shelf.collector(rules(100), place -> {}, ahead), asked(false));

    assertThat(run.state()).isEqualTo(State.FAILED);
    assertThat(run.problem()).contains("minutes apart; nothing was removed");
    assertThat(shelf.solutions()).containsExactly(young);
  }

  @Test
  void fifteenOfDifferentValuesLeaveTheEightHighest() {
    List<UUID> all = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      all.add(shelf.put(0.10 + 0.05 * i, 1));
    }

    shelf.run(shelf.collector(rules(10)), asked(false, Task.LOW_VALUE));

    assertThat(shelf.solutions()).containsExactlyElementsOf(all.subList(7, 15));
  }

  @Test
  void fifteenOfOneValueLeaveExactlyEight() {
    for (int i = 0; i < 15; i++) {
      shelf.put(0.6, 1);
    }

    shelf.run(shelf.collector(rules(10)), asked(false, Task.LOW_VALUE));

    assertThat(shelf.solutions()).hasSize(8);
  }

  @Test
  void fiveOfOneQueryLeaveTheHighestWithTheFeedbackOfAll() {
    List<UUID> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(shelf.put(Draft.of(0.5 + 0.1 * i, 1).vector(axis(0)).used(i, 2).judged(2)));
    }
    UUID other = shelf.put(Draft.of(0.4, 1).vector(axis(1)));

    shelf.run(shelf.collector(rules(100)), asked(false));

    assertThat(shelf.solutions()).containsExactlyInAnyOrder(all.get(4), other);
    String survivor = " FROM solution WHERE id = '" + all.get(4) + "'";
    assertThat(shelf.number("SELECT uses" + survivor)).isEqualTo(10);
    assertThat(shelf.number("SELECT feedbacks" + survivor)).isEqualTo(10);
    assertThat(shelf.number("SELECT merged" + survivor)).isEqualTo(4);
    assertThat(shelf.one("SELECT value_score" + survivor, Double.class))
        .isEqualTo(0.9, within(1e-9));
    assertThat(
            shelf.list(
                "SELECT record_id FROM solution_lineage WHERE survivor = '" + all.get(4) + "'"))
        .containsExactlyInAnyOrderElementsOf(all.subList(0, 4));
  }

  @Test
  void anOldEntryWithoutARowGoesAYoungerStaysAndARowWithoutAnEntryIsIndexed() {
    UUID kept = shelf.put(0.9, 1);
    UUID unindexed =
        shelf.list("SELECT id FROM chunk WHERE document_id = '" + kept + "'").getFirst();
    UUID old = shelf.orphan(Duration.ofHours(2));
    UUID young = shelf.orphan(Duration.ofMinutes(30));
    shelf.index.apply(
        List.of(new dev.aidb.index.IndexChange.Remove(unindexed, Long.MAX_VALUE >> 1)));
    shelf.projection.catchUp();
    shelf.index.settle(Long.MAX_VALUE);
    assertThat(shelf.indexed()).containsExactlyInAnyOrder(old, young);

    Run run = shelf.run(shelf.collector(rules(100)), asked(false));

    assertThat(run.problem()).isEmpty();
    assertThat(run.total(Reason.ORPHAN).done()).isEqualTo(1);
    assertThat(run.total(Reason.UNINDEXED).done()).isEqualTo(1);
    assertThat(shelf.indexed()).containsExactlyInAnyOrder(young, unindexed);
    assertThat(shelf.list("SELECT target::uuid FROM audit_event WHERE action = 'index.orphan'"))
        .containsExactly(old);
  }

  @Test
  void aDryRunRemovesNothingAndGivesThePlanOfTheRunThatFollows() {
    for (int i = 0; i < 8; i++) {
      shelf.put(0.3, 40);
      shelf.put(Draft.of(0.6, 1).vector(axis(i % 3)));
      shelf.put(0.5 + 0.01 * i, 1);
    }
    Collector collector = shelf.collector(rules(14));

    Run dry = shelf.run(collector, asked(true));
    Map<Reason, List<UUID>> planned = collector.runs().records(dry.id(), false, 1_000);
    assertThat(dry.state()).isEqualTo(State.DONE);
    assertThat(shelf.solutions()).hasSize(24);
    assertThat(shelf.number("SELECT count(*) FROM tombstone")).isZero();

    Run real = shelf.run(collector, asked(false));
    assertThat(collector.runs().records(real.id(), true, 1_000)).isEqualTo(planned);
    assertThat(planned.get(Reason.EXPIRED)).hasSize(8);
    assertThat(planned.get(Reason.LOW_VALUE)).hasSize(5);
    assertThat(planned).containsKey(Reason.DUPLICATE);

    Run again = shelf.run(collector, asked(false));
    assertThat(again.totals()).isEmpty();
  }

  @Test
  void moreThanMayGoAtOnceIsRefusedUntilForced() {
    for (int i = 0; i < 101; i++) {
      shelf.put(0.1, 40);
    }
    shelf.put(0.9, 1);
    Collector collector = shelf.collector(rules(1_000));

    Run refused = shelf.run(collector, asked(false));

    assertThat(refused.state()).isEqualTo(State.REFUSED);
    assertThat(refused.problem()).contains("101 of 102 solutions");
    assertThat(shelf.alarms).hasSize(1);
    assertThat(shelf.solutions()).hasSize(102);
    assertThat(shelf.run(collector, Shelf.forced()).state()).isEqualTo(State.DONE);
    assertThat(shelf.solutions()).hasSize(1);
  }

  @Test
  void whatChangedSinceItWasPlannedStays() {
    UUID pinned = shelf.put(0.1, 40);
    UUID used = shelf.put(0.1, 40);
    UUID valued = shelf.put(0.1, 40);
    UUID gone = shelf.put(0.1, 40);
    UUID goes = shelf.put(0.1, 40);
    Collector collector =
        shelf.collector(
            rules(100),
            place -> {
              if (place == Place.PLAN_STORED) {
                shelf.database.useHandle(handle -> {
                  handle.execute("UPDATE solution SET pinned = true WHERE id = ?", pinned);
                  handle.execute("UPDATE solution SET last_used_at = now() WHERE id = ?", used);
                  handle.execute("UPDATE solution SET value_score = 0.7 WHERE id = ?", valued);
                  handle.execute("DELETE FROM document WHERE id = ?", gone);
                });
              }
            });

    Run run = shelf.run(collector, asked(false, Task.EXPIRED));

    assertThat(run.total(Reason.EXPIRED)).isEqualTo(new Run.Total(5, 1, 4));
    assertThat(shelf.solutions()).containsExactlyInAnyOrder(pinned, used, valued);
    assertThat(shelf.list("SELECT id FROM tombstone")).containsExactly(goes);
  }

  @Test
  void aDuplicateWhoseSurvivorWentOrWhichIsBetterNowStays() {
    UUID survivor = shelf.put(Draft.of(0.9, 1).vector(axis(0)));
    UUID widow = shelf.put(Draft.of(0.8, 1).vector(axis(0)));
    shelf.put(Draft.of(0.9, 1).vector(axis(1)));
    UUID riser = shelf.put(Draft.of(0.8, 1).vector(axis(1)));
    Collector collector =
        shelf.collector(
            rules(100),
            place -> {
              if (place == Place.PLAN_STORED) {
                shelf.database.useHandle(handle -> {
                  handle.execute("DELETE FROM document WHERE id = ?", survivor);
                  handle.execute("UPDATE solution SET value_score = 1 WHERE id = ?", riser);
                });
              }
            });

    shelf.run(collector, asked(false, Task.DUPLICATE));

    assertThat(shelf.solutions()).contains(widow, riser).hasSize(3);
  }

  @Test
  void oneRunAtATimeHereAndElsewhere() throws InterruptedException {
    shelf.put(0.1, 40);
    CountDownLatch atWork = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Collector first =
        shelf.collector(
            rules(100),
            place -> {
              if (place == Place.PLAN_STORED) {
                atWork.countDown();
                await(goOn);
              }
            });
    Collector second = shelf.collector(rules(100));
    UUID run = first.begin(asked(false));
    atWork.await();

    for (Collector collector : List.of(first, second)) {
      assertThatThrownBy(() -> collector.begin(asked(true)))
          .isInstanceOfSatisfying(
              AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
      assertThatThrownBy(() -> collector.restore(List.of(run), false, asked(false)))
          .isInstanceOf(AidbException.class);
    }
    assertThat(second.resume()).isFalse();
    goOn.countDown();
    assertThat(shelf.awaited(first, run).state()).isEqualTo(State.DONE);
    assertThat(shelf.run(second, asked(true)).state()).isEqualTo(State.DONE);
  }

  @Test
  void aMomentOfTheScheduleHasOneRun() {
    Collector collector = shelf.collector(rules(100));
    Request scheduled = Request.scheduled(Instant.parse("2026-01-01T02:00:00Z"));
    assertThat(shelf.run(collector, scheduled).state()).isEqualTo(State.DONE);

    assertThatThrownBy(() -> collector.begin(scheduled))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(shelf.number("SELECT count(*) FROM gc_run")).isEqualTo(1);
    assertThat(shelf.run(collector, asked(true)).state()).isEqualTo(State.DONE);
  }

  @Test
  void howFarARunHasComeIsToldWhileItIsAtWork() {
    for (int i = 0; i < 7; i++) {
      shelf.put(0.1, 40);
    }
    Runs runs = new Runs(shelf.database);
    List<Run.Total> seen = new ArrayList<>();
    Collector collector =
        shelf.collector(
            rules(100),
            place -> {
              if (place == Place.STEP_STORED) {
                runs.open()
                    .map(run -> runs.counted(run.id()).get(Reason.EXPIRED))
                    .ifPresent(seen::add);
              }
            });

    shelf.run(collector, asked(false, Task.EXPIRED));

    assertThat(seen)
        .startsWith(new Run.Total(7, 3, 0), new Run.Total(7, 6, 0), new Run.Total(7, 7, 0));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoLostTheLeaseChangesNothingAnyMore() throws InterruptedException {
    for (int i = 0; i < 7; i++) {
      shelf.put(0.1, 40);
    }
    CountDownLatch atWork = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Collector first =
        shelf.collector(
            rules(100),
            place -> {
              if (place == Place.STEP_APPLIED && goOn.getCount() > 0) {
                atWork.countDown();
                await(goOn);
              }
            });
    UUID run = first.begin(asked(false));
    atWork.await();
    shelf.database.useHandle(handle ->
        handle.execute(
            "UPDATE lease SET fence = fence + 1, expires_at = now() + interval '1 minute'"));
    goOn.countDown();
    first.await(run, Shelf.PATIENCE);

    assertThat(shelf.solutions()).hasSize(4);
    assertThat(first.runs().find(run).orElseThrow().state()).isEqualTo(State.RUNNING);
    shelf.database.useHandle(handle -> handle.execute("UPDATE lease SET expires_at = '-infinity'"));
    Collector second = shelf.collector(rules(100));
    assertThat(second.resume()).isTrue();
    assertThat(shelf.awaited(second, run).state()).isEqualTo(State.DONE);
    assertThat(shelf.solutions()).isEmpty();
    assertThat(shelf.number("SELECT count(*) FROM audit_event")).isEqualTo(7);
  }

  @Test
  void aRemovedSolutionComesBackAsItWas() {
    UUID expired = shelf.put(Draft.of(0.3, 40).used(3, 35).judged(2));
    shelf.database.useHandle(handle ->
        handle.execute(
            """
            INSERT INTO solution_lineage (survivor, source, record_id, similarity, value_score, uses, feedbacks, actor, at)
            VALUES (?, 'learn', NULL, 0.987654321, 0.1, 1, 2, 'key:b', now())
            """,
            expired));
    String before = shelf.rows(expired);
    List<UUID> indexed = shelf.indexed();
    Collector collector = shelf.collector(rules(100));
    Run run = shelf.run(collector, asked(false));
    assertThat(shelf.solutions()).isEmpty();
    assertThat(collector.restorable(run.id())).containsExactly(expired);

    UUID unknown = UUID.randomUUID();
    var outcomes = collector.restore(List.of(expired, unknown), false, asked(false));

    assertThat(outcomes).isEqualTo(Map.of(expired, Outcome.RESTORED, unknown, Outcome.UNKNOWN));
    assertThat(shelf.rows(expired)).isEqualTo(before);
    assertThat(shelf.indexed()).isEqualTo(indexed);
    assertThat(shelf.number("SELECT count(*) FROM tombstone")).isZero();
    assertThat(shelf.number("SELECT count(*) FROM tombstone_chunk")).isZero();
    assertThat(shelf.number("SELECT count(*) FROM audit_event WHERE action = 'solution.restore'"))
        .isEqualTo(1);
    assertThat(shelf.run(collector, asked(true)).total(Reason.EXPIRED).planned()).isEqualTo(1);
  }

  @Test
  void aRestoredDuplicateTakesItsUsesBackAndStaysWhenPinned() {
    UUID survivor = shelf.put(Draft.of(0.9, 1).vector(axis(0)).used(5, 1).judged(1));
    UUID fallen = shelf.put(Draft.of(0.8, 1).vector(axis(0)).used(3, 1).judged(2));
    Collector collector = shelf.collector(rules(100));
    shelf.run(collector, asked(false));

    collector.restore(List.of(fallen), true, asked(false));

    String of = " FROM solution WHERE id = '" + survivor + "'";
    assertThat(shelf.number("SELECT uses" + of)).isEqualTo(5);
    assertThat(shelf.number("SELECT feedbacks" + of)).isEqualTo(1);
    assertThat(shelf.number("SELECT merged" + of)).isZero();
    assertThat(shelf.number("SELECT count(*) FROM solution_lineage")).isZero();
    shelf.database.useHandle(
        handle -> handle.execute("UPDATE solution SET pinned = true WHERE id = ?", survivor));
    shelf.run(collector, asked(false));
    assertThat(shelf.solutions()).containsExactlyInAnyOrder(survivor, fallen);
  }

  @Test
  void whatHasItsPlaceTakenStaysATombstone() {
    UUID first = shelf.put(0.3, 40);
    UUID second = shelf.put(0.3, 40);
    Collector collector = shelf.collector(rules(100));
    shelf.run(collector, asked(false));
    UUID taker = shelf.put(0.9, 1);
    UUID other = shelf.put(0.9, 1);
    shelf.database.useHandle(handle -> {
      handle.execute("UPDATE solution SET digest = ? WHERE id = ?", Shelf.digest(first), taker);
      handle.execute("UPDATE document SET path = ? WHERE id = ?", "solutions/" + second, other);
    });

    var outcomes = collector.restore(List.of(first, second), false, asked(false));

    assertThat(outcomes).isEqualTo(Map.of(first, Outcome.CONFLICT, second, Outcome.CONFLICT));
    assertThat(shelf.list("SELECT id FROM tombstone ORDER BY id")).containsExactly(first, second);
    assertThat(shelf.solutions()).containsExactlyInAnyOrder(taker, other);
    assertThat(shelf.number("SELECT count(*) FROM document")).isEqualTo(2);
  }

  @Test
  void tombstonesArePurgedAfterTheirTime() {
    List<UUID> removed = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      removed.add(shelf.put(0.3, 40));
    }
    Collector collector = shelf.collector(rules(100));
    shelf.run(collector, asked(false));
    shelf.database.useHandle(handle ->
        handle.execute(
            "UPDATE tombstone SET removed_at = now() - interval '31 days' WHERE id <> ?",
            removed.getFirst()));

    shelf.run(collector, asked(false));

    assertThat(shelf.list("SELECT id FROM tombstone")).containsExactly(removed.getFirst());
    assertThat(shelf.number("SELECT count(*) FROM tombstone_chunk")).isEqualTo(1);
    assertThat(
            shelf.number(
                "SELECT sum((details->>'count')::int) FROM audit_event WHERE action = 'tombstones.purge'"))
        .isEqualTo(6);
    assertThat(collector.restore(removed, false, asked(false)).values())
        .containsOnlyOnce(Outcome.RESTORED)
        .contains(Outcome.PURGED)
        .hasSize(7);
  }

  @Test
  void aStoppedRunIsTakenUpAgain() {
    for (int i = 0; i < 7; i++) {
      shelf.put(0.1, 40);
    }
    Collector[] first = new Collector[1];
    CountDownLatch stopped = new CountDownLatch(1);
    first[0] =
        shelf.collector(
            rules(100),
            place -> {
              if (place == Place.STEP_APPLIED) {
                Thread.ofVirtual()
                    .start(() -> {
                      first[0].close();
                      stopped.countDown();
                    });
                Eventually.within(Duration.ofSeconds(5), "closing", () -> closing(first[0]));
              }
            });
    UUID run = first[0].begin(asked(false));
    await(stopped);
    assertThat(first[0].runs().find(run).orElseThrow().state()).isEqualTo(State.RUNNING);
    assertThat(shelf.solutions()).hasSize(4);

    Collector second = shelf.collector(rules(100));
    assertThat(second.resume()).isTrue();
    assertThat(shelf.awaited(second, run).state()).isEqualTo(State.DONE);
    assertThat(shelf.solutions()).isEmpty();
  }

  private static boolean closing(Collector collector) {
    try {
      collector.begin(asked(true));
      return false;
    } catch (AidbException e) {
      return e.code() == ErrorCode.UNAVAILABLE;
    }
  }

  @Test
  void historyIsBounded() {
    Collector collector = shelf.collector(rules(100));
    Run scheduled = shelf.run(collector, Request.scheduled(Instant.parse("2026-01-01T02:00:00Z")));
    for (int i = 0; i < 55; i++) {
      shelf.run(collector, asked(true, Task.EXPIRED));
    }
    assertThat(shelf.number("SELECT count(*) FROM gc_run")).isEqualTo(51);
    assertThat(collector.runs().find(scheduled.id())).isPresent();
  }

  @Test
  void metricsTellWhatWasDone() {
    shelf.put(0.3, 40);
    shelf.put(Draft.of(0.9, 1).vector(axis(0)));
    shelf.put(Draft.of(0.8, 1).vector(axis(0)));
    shelf.orphan(Duration.ofHours(2));

    shelf.run(shelf.collector(rules(100)), asked(false));
    new Figures(shelf.database, 100, shelf.metrics).refresh();

    Set<String> expected =
        Set.of(
            "hybrid_gc_solutions_deleted{reason=expired} 1.0",
            "hybrid_gc_solutions_deleted{reason=low_value} 0.0",
            "hybrid_gc_solutions_deleted{reason=duplicate} 1.0",
            "hybrid_gc_vectors_cleaned{} 1.0",
            "hybrid_gc_duplicates_found{} 1.0",
            "hybrid_gc_execution_failures{} 0.0",
            "aidb_index_orphans{} 0.0",
            "hybrid_gc_storage_utilization_ratio{} 0.01");
    assertThat(Samples.of(shelf.registry)).containsAll(expected);
  }
}
