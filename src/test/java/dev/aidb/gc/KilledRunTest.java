package dev.aidb.gc;

import static dev.aidb.gc.Shelf.asked;
import static dev.aidb.gc.Shelf.axis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.gc.Checkpoint.Place;
import dev.aidb.gc.Shelf.Draft;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that dies at any place is brought to the end that it would have had. */
class KilledRunTest {
  @TempDir Path directory;

  /** Nothing handles it, as nothing handles the end of a process. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Something to do for every reason, in more batches than one; what is to be left. */
  private static Set<UUID> fill(Shelf shelf) {
    Set<UUID> left = new HashSet<>();
    for (int i = 0; i < 7; i++) {
      shelf.put(Draft.of(0.1, 40).used(1, 39));
    }
    for (int axis = 0; axis < 8; axis++) {
      left.add(shelf.put(Draft.of(0.9, 5).used(2, 3).vector(axis(axis))));
    }
    for (int i = 0; i < 8; i++) {
      shelf.put(Draft.of(0.8, 5).used(5, 3).vector(axis(i % 2)));
    }
    shelf.put(0.7, 5);
    for (int i = 0; i < 4; i++) {
      shelf.orphan(Duration.ofHours(2));
    }
    shelf.database.useHandle(handle ->
        handle.execute(
            """
            INSERT INTO tombstone (id, run_id, reason, removed_at, document, solution, lineage)
            SELECT gen_random_uuid(), gen_random_uuid(), 'expired', now() - interval '31 days', '{}', '{}', '[]'
            FROM generate_series(1, 7)
            """));
    return left;
  }

  /** Leaves 16 × 0.8 = 12 after the expired ones: 4 go as the lowest, 4 as duplicates. */
  private static Rules rules() {
    return Shelf.rules(16);
  }

  private static void check(Shelf shelf, Set<UUID> left) {
    assertThat(new HashSet<>(shelf.solutions())).isEqualTo(left);
    assertThat(shelf.number("SELECT count(*) FROM tombstone")).isEqualTo(16);
    assertThat(shelf.number("SELECT count(*) FROM tombstone_chunk")).isEqualTo(16);
    assertThat(
            shelf.list(
                "SELECT target::uuid FROM audit_event WHERE action = 'solution.forget' ORDER BY 1"))
        .containsExactlyElementsOf(shelf.list("SELECT id FROM tombstone ORDER BY id"));
    assertThat(shelf.number("SELECT count(*) FROM audit_event WHERE action = 'index.orphan'"))
        .isEqualTo(4);
    assertThat(shelf.number("SELECT sum(uses) FROM solution"))
        .as("uses of survivors and of the duplicates they took in")
        .isEqualTo(
            16 + 5 * shelf.number("SELECT count(*) FROM tombstone WHERE reason = 'duplicate'"));
    assertThat(shelf.number("SELECT count(*) FROM solution_lineage"))
        .isEqualTo(shelf.number("SELECT count(*) FROM tombstone WHERE reason = 'duplicate'"));
    shelf.projection.catchUp();
    assertThat(shelf.indexed())
        .containsExactlyInAnyOrderElementsOf(shelf.list("SELECT id FROM chunk"));
    assertThat(shelf.number("SELECT count(*) FROM gc_item WHERE state = 'planned'")).isZero();
  }

  private static Run finished(Shelf shelf, UUID run) {
    Collector next = shelf.collector(rules());
    next.resume();
    return shelf.awaited(next, run);
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void whereverItDiesTheNextBringsItToItsEnd(Place place) {
    for (int passes : place.name().startsWith("STEP_") ? List.of(1, 4) : List.of(1)) {
      try (Shelf shelf = new Shelf(directory.resolve(place + "-" + passes))) {
        Set<UUID> left = fill(shelf);
        AtomicInteger passed = new AtomicInteger();
        Collector dying =
            shelf.collector(
                rules(),
                at -> {
                  if (at == place && passed.incrementAndGet() >= passes) {
                    throw new Killed();
                  }
                });
        Run run = shelf.run(dying, asked(false));
        if (run.state().open()) {
          run = finished(shelf, run.id());
        } else if (place == Place.FINISHED || place == Place.PURGED) {
          shelf.run(shelf.collector(rules()), asked(false)); // the purge is any run's
        }
        assertThat(run.state()).isEqualTo(State.DONE);
        check(shelf, left);
      }
    }
  }

  @Test
  void itDiesAgainAndAgainAtRandomPlaces() {
    for (int round = 0; round < 3; round++) {
      long seed = Long.getLong("aidb.seed", System.nanoTime());
      System.Logger log = System.getLogger(KilledRunTest.class.getName());
      log.log(System.Logger.Level.INFO, "-Daidb.seed=" + seed);
      Random random = new Random(seed);
      try (Shelf shelf = new Shelf(directory.resolve("round-" + round))) {
        Set<UUID> left = fill(shelf);
        List<Run> runs = new ArrayList<>();
        runs.add(shelf.run(mortal(shelf, random), asked(false)));
        for (int i = 0; i < 3 && runs.getLast().state().open(); i++) {
          Collector next = mortal(shelf, random);
          next.resume();
          runs.add(shelf.awaited(next, runs.getFirst().id()));
        }
        Run last =
            runs.getLast().state().open() ? finished(shelf, runs.getFirst().id()) : runs.getLast();
        assertThat(last.state()).isEqualTo(State.DONE);
        shelf.run(shelf.collector(rules()), asked(false)); // the purge may have been cut short
        check(shelf, left);
      }
    }
  }

  private static Collector mortal(Shelf shelf, Random random) {
    AtomicInteger lives = new AtomicInteger(random.nextInt(25));
    return shelf.collector(
        rules(),
        place -> {
          if (lives.getAndDecrement() == 0) {
            throw new Killed();
          }
        });
  }

  @Test
  void anInterruptedDryRunIsDroppedAndTheNextGoesAhead() {
    try (Shelf shelf = new Shelf(directory)) {
      fill(shelf);
      Collector dying =
          shelf.collector(
              rules(),
              at -> {
                if (at == Place.READ) {
                  throw new Killed();
                }
              });
      UUID dry = shelf.run(dying, asked(true)).id();

      Collector next = shelf.collector(rules());
      Run run = shelf.run(next, asked(false));

      assertThat(run.state()).isEqualTo(State.DONE);
      assertThat(next.runs().find(dry).orElseThrow().state()).isEqualTo(State.FAILED);
    }
  }

  @Test
  void aRunThatNeverComesToItsEndIsGivenUp() {
    try (Shelf shelf = new Shelf(directory)) {
      fill(shelf);
      Checkpoint dies =
          at -> {
            if (at == Place.STEP_WRITTEN) {
              throw new Killed();
            }
          };
      UUID run = shelf.run(shelf.collector(rules(), dies), asked(false)).id();
      for (int i = 0; i < 6; i++) {
        Collector next = shelf.collector(rules(), dies);
        next.resume();
        var unused = shelf.awaited(next, run);
      }

      Run over = shelf.collector(rules()).runs().find(run).orElseThrow();
      assertThat(over.state()).isEqualTo(State.FAILED);
      assertThat(over.attempts()).isEqualTo(5);
      assertThat(shelf.alarms).hasSize(1);
      assertThat(shelf.run(shelf.collector(rules()), asked(false)).state()).isEqualTo(State.DONE);
    }
  }
}
