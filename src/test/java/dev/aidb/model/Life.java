package dev.aidb.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.gc.GcOperations.CollectGarbage;
import dev.aidb.gc.GcOperations.Restore;
import dev.aidb.gc.GcOperations.RestoreAnswer;
import dev.aidb.gc.GcOperations.RunView;
import dev.aidb.gc.Rules;
import dev.aidb.gc.State;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.learning.LearningOperations.FeedbackAnswer;
import dev.aidb.learning.LearningOperations.FeedbackInput;
import dev.aidb.learning.LearningOperations.LearnAnswer;
import dev.aidb.learning.LearningOperations.LearnInput;
import dev.aidb.learning.LearningOperations.PatchSolution;
import dev.aidb.learning.LearningOperations.SolutionId;
import dev.aidb.learning.LearningOperations.SolutionView;
import dev.aidb.learning.LearningOperations.Told;
import dev.aidb.learning.Outcome;
import dev.aidb.store.Database;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Some months in the life of a node: days on which solutions are learned, judged, read and pinned,
 * and nights on which garbage is collected, with faults in between. After every step the rows are
 * what was answered, the index is what the rows are, and whatever is gone has a tombstone and an
 * audit row. All that a life does follows from its seed.
 */
final class Life implements AutoCloseable {
  private static final int DIMENSION = 32;
  private static final int SUBJECTS = 14;
  private static final int MEMBERS = 6;
  private static final int VARIANTS = 3;

  /** Clusters of solutions begin here. */
  private static final int SOLUTIONS = 1_000;

  private static final double CLOSE = 1e-6;
  private static final double NEAR_QUERY = 0.95;
  private static final double NEAR_SOLUTION = 0.9;
  private static final Duration REST_MAX = Duration.ofSeconds(20);
  private static final int NIGHT_TRIES = 400;

  /** Per cent of the calls by day, and of the nights, on which something fails. */
  private static final int FAULTS_BY_DAY = 12;

  private static final int FAULTS_BY_NIGHT = 25;

  /** A removed solution as it was. */
  private record Buried(Known last, Optional<UUID> survivor, Instant at) {}

  private final Random random;
  private final LifeClock clock = new LifeClock();
  private final ClusterModel model = new ClusterModel(DIMENSION);
  private final Faults faults = new Faults();
  private final Rules rules;
  private final LifeNode node;

  private Map<UUID, Known> known = new HashMap<>();
  private final Map<UUID, Buried> buried = new HashMap<>();

  /** How often each record has been forgotten. */
  private final Map<UUID, Integer> forgotten = new TreeMap<>();

  /** Entries of the index that no row stands behind. */
  private final Set<UUID> orphans = new HashSet<>();

  /** Solutions that the index has lost. */
  private final Set<UUID> unindexed = new HashSet<>();

  /** What a life had of everything, to see that it was worth living. */
  final Map<String, Integer> events = new TreeMap<>();

  Life(long seed, Database database, Path directory) {
    this.random = new Random(seed);
    int maxSolutions = 12 + random.nextInt(30);
    this.rules =
        new Rules(
            maxSolutions,
            Duration.ofDays(10 + random.nextInt(25)),
            0.3 + 0.4 * random.nextDouble(),
            0.95,
            true,
            0.8,
            0.3,
            random.nextInt(4) == 0 ? 3 : 100,
            Duration.ofDays(10 + random.nextInt(30)),
            Duration.ofHours(1));
    faults.into(database);
    this.node =
        new LifeNode(
            database,
            directory,
            model,
            clock,
            new Random(random.nextLong()),
            faults::before,
            new LifeNode.Settings(
                rules,
                1 + random.nextInt(6),
                Duration.ofMillis(1),
                Duration.ofMillis(500),
                Duration.ofHours(1)));
  }

  void live(int nights) {
    for (int night = 0; night < nights; night++) {
      int steps = 3 + random.nextInt(12);
      for (int i = 0; i < steps; i++) {
        clock.forward(Duration.ofMinutes(1 + random.nextInt(60)));
        step();
        check();
      }
      clock.forward(Duration.ofHours(12 + random.nextInt(24 * 6)));
      night();
      check();
    }
  }

  private void event(String name) {
    events.merge(name, 1, Integer::sum);
  }

  private void step() {
    int dice = random.nextInt(100);
    if (dice < 58 || known.isEmpty()) {
      learn();
    } else if (dice < 72) {
      judge(anyKnown());
    } else if (dice < 84) {
      read(anyKnown());
    } else if (dice < 90) {
      pin(anyKnown(), random.nextInt(3) > 0);
    } else if (dice < 94) {
      plantOrphan();
    } else if (dice < 97) {
      loseEntry(anyKnown());
    } else {
      restore();
    }
  }

  private Known anyKnown() {
    List<UUID> ids = known.keySet().stream().sorted().toList();
    return of(ids.get(random.nextInt(ids.size())));
  }

  private Known of(UUID id) {
    return Optional.ofNullable(known.get(id)).orElseThrow();
  }

  private void put(Known one) {
    known.put(one.id(), one);
  }

  // ---- days

  private void learn() {
    int subject = random.nextInt(SUBJECTS);
    String query = "Why does " + ClusterModel.subject(subject, random.nextInt(MEMBERS)) + " fail";
    int cluster = SOLUTIONS + subject * VARIANTS + random.nextInt(VARIANTS);
    String solution = "Mend " + ClusterModel.subject(cluster, random.nextInt(MEMBERS));
    boolean loud = random.nextInt(4) == 0; // the same to whoever doesn't look at cases
    Double value = random.nextInt(3) == 0 ? null : random.nextInt(101) / 100.0;
    Outcome outcome = Outcome.values()[random.nextInt(Outcome.values().length)];
    Double feedback = random.nextInt(3) == 0 ? random.nextInt(-10, 11) / 10.0 : null;
    LearnInput input =
        new LearnInput(
            loud ? "  why DOES" + query.substring(8) : query,
            solution,
            value,
            outcome,
            feedback,
            "default",
            null,
            false);
    int told = outcome != Outcome.UNKNOWN || feedback != null ? 1 : 0;
    Optional<LearnAnswer> answer =
        attempted(() -> node.call("learn", input, LearnAnswer.class), 20, false);
    if (answer.isPresent()) {
      learned(query, solution, value, told, answer.get());
    }
  }

  private void learned(
      String query, String solution, @Nullable Double value, int told, LearnAnswer answer) {
    List<UUID> equal = alike(query, solution, true);
    List<UUID> near = alike(query, solution, false);
    Known before = known.get(answer.id());
    if (answer.deduplicated()) {
      event("merged");
      assertThat(equal.isEmpty() ? near : equal)
          .as("what %s was merged into", query)
          .contains(answer.id());
      double least =
          value == null ? of(answer.id()).value() : Math.max(of(answer.id()).value(), value);
      assertThat(answer.valueScore()).isGreaterThanOrEqualTo(least - CLOSE);
      put(of(answer.id()).worth(answer.valueScore(), told, 1));
    } else {
      event("learned");
      assertThat(before).as("a new record's id").isNull();
      near.removeAll(unindexed); // these nobody can find
      assertThat(near).as("records of the same as %s, %s", query, solution).isEmpty();
      if (value != null) {
        assertThat(answer.valueScore()).isEqualTo(value, within(CLOSE));
      }
      put(
          new Known(
              answer.id(),
              query,
              solution,
              clock.instant(),
              answer.valueScore(),
              0,
              told,
              Optional.empty(),
              false,
              0));
    }
  }

  /** The records that are the same by the rules of learning, with equal or also near solutions. */
  private List<UUID> alike(String query, String solution, boolean equal) {
    List<UUID> alike = new ArrayList<>();
    for (Known one : known.values()) {
      boolean sameSolution =
          one.solution().equals(solution)
              || (!equal
                  && ClusterModel.cosine(model.vector(one.solution()), model.vector(solution))
                      > NEAR_SOLUTION);
      boolean sameQuery =
          ClusterModel.cosine(model.vector(one.query()), model.vector(query)) > NEAR_QUERY;
      if (sameSolution && sameQuery) {
        alike.add(one.id());
      }
    }
    return alike;
  }

  private void judge(Known one) {
    Told told = Told.values()[random.nextInt(Told.values().length)];
    double feedback = random.nextInt(-10, 11) / 10.0;
    FeedbackInput input = new FeedbackInput(one.id(), told, feedback);
    attempted(() -> node.call("feedback", input, FeedbackAnswer.class), 4, false)
        .ifPresent(answer -> {
          event("judged");
          assertThat(answer.valueScore()).isBetween(0.0, 1.0);
          if (told == Told.SUCCESS && feedback == 1) {
            assertThat(answer.valueScore()).isGreaterThanOrEqualTo(one.value() - CLOSE);
          }
          if (told == Told.FAILURE && feedback == -1) {
            assertThat(answer.valueScore()).isLessThanOrEqualTo(one.value() + CLOSE);
          }
          put(one.worth(answer.valueScore(), 1, 0));
        });
  }

  private void read(Known one) {
    attempted(
            () -> node.call("get_solution", new SolutionId(one.id()), SolutionView.class), 3, false)
        .ifPresent(view -> {
          event("read");
          assertThat(view.uses()).isEqualTo(one.uses() + 1);
          put(one.served(clock.instant()));
        });
  }

  private void pin(Known one, boolean pinned) {
    PatchSolution input = new PatchSolution(one.id(), pinned);
    attempted(() -> node.call("update_solution", input, SolutionView.class), 3, true)
        .ifPresent(view -> {
          event(pinned ? "pinned" : "unpinned");
          put(one.pinned(pinned));
        });
  }

  private void restore() {
    if (buried.isEmpty()) {
      return;
    }
    List<UUID> ids = buried.keySet().stream().sorted().toList();
    UUID id = ids.get(random.nextInt(ids.size()));
    boolean pin = random.nextBoolean();
    Restore input = new Restore(Set.of(id), null, pin);
    attempted(() -> node.call("restore_solutions", input, RestoreAnswer.class), 15, true)
        .ifPresent(answer -> {
          Buried was = Optional.ofNullable(buried.get(id)).orElseThrow();
          boolean taken =
              known.values().stream()
                  .anyMatch(one ->
                      one.query().equals(was.last.query())
                          && one.solution().equals(was.last.solution()));
          assertThat(answer.restored()).isEqualTo(taken ? 0 : 1);
          if (!taken) {
            event("restored");
            buried.remove(id);
            was.survivor.filter(known::containsKey).ifPresent(s -> put(of(s).returning(was.last)));
            put(was.last.pinned(was.last.pinned() || pin));
          }
        });
  }

  private void plantOrphan() {
    event("orphan");
    clock.forward(Duration.ofMillis(1));
    UUID id = node.ids.next();
    float[] vector = model.vector(SOLUTIONS - 1, orphans.size());
    node.index.apply(
        List.of(
            new IndexChange.Put(
                new IndexedRecord(
                    id, 1, "solved_issues", "default", id, "t", "c", Map.of(), vector))));
    orphans.add(id);
  }

  private void loseEntry(Known one) {
    event("lost entry");
    long version = number("SELECT nextval('record_version')");
    node.index.apply(List.of(new IndexChange.Remove(one.id(), version)));
    unindexed.add(one.id());
  }

  /**
   * A call that may meet a fault. When it fails, nothing has changed, or in case of doubt this one
   * thing, and the client knows by looking; it doesn't ask again.
   *
   * @param statements about how many there are
   * @param inSteps whether something comes after the commit
   */
  private <T> Optional<T> attempted(Supplier<T> call, int statements, boolean inSteps) {
    Optional<Faults.Kind> kind = Optional.empty();
    if (random.nextInt(100) < FAULTS_BY_DAY) {
      kind = Optional.of(Faults.Kind.values()[random.nextInt(Faults.Kind.values().length)]);
      boolean rare =
          kind.get().name().startsWith("COMMIT") || kind.get().name().startsWith("INDEX");
      faults.arm(kind.get(), random.nextInt(rare ? 1 : statements));
    }
    try {
      T answer = call.get();
      if (faults.disarm()) {
        kind.ifPresent(met -> event("fault " + met));
      }
      return Optional.of(answer);
    } catch (RuntimeException | Faults.Cut e) {
      boolean met = faults.disarm();
      if (!met || kind.isEmpty()) {
        throw e;
      }
      event("fault " + kind.get());
      lookAfter(kind.get(), inSteps || kind.get() == Faults.Kind.COMMIT_UNHEARD);
      lookAtIndex();
      return Optional.empty();
    }
  }

  /** After a failed call: nothing has changed, or what was in doubt. */
  private void lookAfter(Faults.Kind kind, boolean doubt) {
    Map<UUID, Known> rows = rows();
    Map<UUID, Known> differing = new HashMap<>();
    rows.forEach((id, row) -> {
      if (!same(row, known.get(id))) {
        differing.put(id, row);
      }
    });
    assertThat(rows.keySet()).as("after " + kind).containsAll(known.keySet());
    assertThat(differing.size()).as("changed rows after %s", kind).isLessThanOrEqualTo(2);
    if (!doubt) {
      assertThat(differing).as("changes of a call that failed by %s", kind).isEmpty();
    }
    differing.forEach((id, row) -> {
      event("done in doubt");
      buried.remove(id);
      put(row);
    });
  }

  private static boolean same(Known row, @Nullable Known known) {
    return known != null
        && Math.abs(row.value() - known.value()) < CLOSE
        && row.query().equals(known.query())
        && row.solution().equals(known.solution())
        && row.created().equals(known.created())
        && row.uses() == known.uses()
        && row.feedbacks() == known.feedbacks()
        && row.lastUsed().equals(known.lastUsed())
        && row.pinned() == known.pinned()
        && row.merged() == known.merged();
  }

  // ---- nights

  private void night() {
    Forecast forecast = Forecast.of(known.values(), rules, clock.instant(), model);
    long entries = known.size() - unindexed.size() + orphans.size();
    boolean refused = forecast.tooMuch(rules) || orphans.size() > Forecast.allowed(rules, entries);
    if (random.nextInt(3) == 0) {
      assertThat(planned(collect(true, false))).as("a dry run").isEqualTo(forecast.gone().size());
      check();
    }
    boolean met = false;
    if (refused) {
      event("refused");
      met = brought(false, State.REFUSED);
      purged(met);
      if (met) {
        lookAtIndex();
      }
      check();
    }
    met |= brought(refused, State.DONE);
    event("nights");
    safe(forecast);
    forecast
        .gone()
        .forEach((id, gone) -> {
          event(gone.reason());
          forgotten.merge(id, 1, Integer::sum);
          buried.put(id, new Buried(gone.last(), gone.survivor(), clock.instant()));
        });
    known = new HashMap<>(forecast.left());
    unindexed.retainAll(known.keySet());
    compared(met);
    purged(met);
    check();
    if (random.nextInt(4) == 0) {
      assertThat(planned(collect(true, false))).as("a plan after a night").isZero();
    }
  }

  /** What is promised in words, whatever the forecast says. */
  private void safe(Forecast forecast) {
    forecast
        .gone()
        .values()
        .forEach(gone -> {
          assertThat(gone.last().pinned()).as("pinned").isFalse();
          if (gone.reason().equals("duplicate")) {
            Known heir = gone.survivor().map(id -> forecast.left().get(id)).orElseThrow();
            assertThat(heir.value()).isGreaterThanOrEqualTo(gone.last().value());
          }
          if (gone.reason().equals("expired")) {
            assertThat(gone.last().value()).isLessThan(rules.minValueScore());
          }
        });
    long pinned = forecast.left().values().stream().filter(Known::pinned).count();
    assertThat(forecast.left().size())
        .isLessThanOrEqualTo((int) Math.max(rules.maxSolutions(), pinned));
  }

  private RunView collect(boolean dryRun, boolean force) {
    return node.call("collect_garbage", new CollectGarbage(dryRun, null, force, 30), RunView.class);
  }

  private static long planned(RunView run) {
    return run.reasons().stream()
        .filter(one ->
            switch (one.reason()) {
              case EXPIRED, LOW_VALUE, DUPLICATE -> true;
              case ORPHAN, UNINDEXED -> false;
            })
        .mapToLong(one -> one.planned())
        .sum();
  }

  /**
   * Asks until a run of this night has come to this end; whether a fault was met on the way. A run
   * that was cut short goes on when it is asked for again.
   */
  private boolean brought(boolean force, State wanted) {
    boolean met = false;
    int faultsLeft = 2;
    for (int i = 0; i < NIGHT_TRIES; i++) {
      Optional<Faults.Kind> kind = Optional.empty();
      if (faultsLeft > 0 && random.nextInt(100) < FAULTS_BY_NIGHT) {
        faultsLeft--;
        kind = Optional.of(Faults.Kind.values()[random.nextInt(Faults.Kind.values().length)]);
        faults.arm(kind.get(), random.nextInt(kind.get().name().contains("_") ? 6 : 60));
      }
      Optional<RuntimeException> failure = Optional.empty();
      try {
        collect(false, force);
      } catch (AidbException e) {
        if (e.code() == ErrorCode.CONFLICT && kind.isEmpty()) {
          pause(); // the interrupted one is at work, or its lease isn't over
        }
      } catch (Faults.Cut e) {
        // as when the client's connection is cut
      } catch (RuntimeException e) {
        failure = Optional.of(e);
      }
      boolean fault = faults.disarm() && kind.isPresent();
      met |= fault;
      if (fault) {
        event("fault by night " + kind.get());
      } else if (failure.isPresent()) {
        throw failure.get();
      }
      if (ended(force, wanted)) {
        return met;
      }
    }
    throw new AssertionError(
        "no run came to "
            + wanted
            + ": "
            + texts("SELECT r::text FROM gc_run r ORDER BY id DESC LIMIT 3"));
  }

  /** Whether a run of this moment has that end, and nobody is at work any more. */
  private boolean ended(boolean force, State wanted) {
    return number(
                """
                SELECT count(*) FROM gc_run
                WHERE NOT dry_run AND as_of = '%s' AND force = %s AND state = '%s'
                """
                    .formatted(
                        clock.instant(), force, wanted.name().toLowerCase(java.util.Locale.ROOT)))
            > 0
        && number("SELECT count(*) FROM lease WHERE expires_at > clock_timestamp()") == 0;
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A run mends the index too, unless it said that it could not look at it. */
  private void compared(boolean met) {
    boolean left =
        number(
                """
                SELECT count(*) FROM gc_run
                WHERE NOT dry_run AND as_of = '%s' AND state = 'done' AND problem LIKE '%%not compared%%'
                """
                    .formatted(clock.instant()))
            > 0;
    assertThat(left && !met).as("the index could not be compared").isFalse();
    if (!left) {
      orphans.clear();
      unindexed.clear();
    } else {
      event("not compared");
      lookAtIndex();
    }
  }

  /** An index that is opened again has lost what was never committed, in the log or in itself. */
  private void lookAtIndex() {
    rested(() -> {
      node.projection.catchUp();
      Set<UUID> wanted = new HashSet<>(known.keySet());
      wanted.removeAll(unindexed);
      assertThat(indexed()).containsAll(wanted);
    });
    Set<UUID> indexed = indexed();
    orphans.retainAll(indexed);
    unindexed.removeAll(indexed);
  }

  private Set<UUID> indexed() {
    Set<UUID> indexed = new HashSet<>();
    node.index.entries("solved_issues", entry -> indexed.add(entry.id()));
    return indexed;
  }

  /** Old tombstones go at the end of a run; one that was cut there leaves them to the next. */
  private void purged(boolean met) {
    Instant before = clock.instant().minus(rules.tombstones());
    Set<UUID> there = Set.copyOf(ids("SELECT id FROM tombstone"));
    buried
        .entrySet()
        .removeIf(
            one -> !one.getValue().at.isAfter(before) && !(met && there.contains(one.getKey())));
  }

  // ---- what always holds

  /** After every step: rows, tombstones, audit and index are as they must be. */
  private void check() {
    rested(() -> {
      Map<UUID, Known> rows = rows();
      assertThat(rows.keySet()).isEqualTo(known.keySet());
      rows.forEach((id, row) -> {
        if (!same(row, known.get(id))) {
          assertThat(row).isEqualTo(known.get(id));
        }
      });
    });
    assertThat(Set.copyOf(ids("SELECT id FROM tombstone"))).isEqualTo(buried.keySet());
    assertThat(audited()).isEqualTo(forgotten);
    rested(() -> {
      node.projection.catchUp();
      Set<UUID> wanted = new HashSet<>(known.keySet());
      wanted.removeAll(unindexed);
      wanted.addAll(orphans);
      assertThat(indexed()).isEqualTo(wanted);
    });
  }

  /** Uses are written, and the index follows, a moment later. */
  private static void rested(Runnable check) {
    long end = System.nanoTime() + REST_MAX.toNanos();
    while (true) {
      try {
        check.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
      pause();
    }
  }

  private Map<UUID, Known> rows() {
    Map<UUID, Known> rows = new HashMap<>();
    node.database.useHandle(handle ->
        handle
            .createQuery(
                """
                SELECT s.id, d.title, d.content, s.created_at, s.value_score, s.uses, s.feedbacks,
                       s.last_used_at, s.pinned, s.merged
                FROM solution s JOIN document d ON d.id = s.id JOIN chunk c ON c.id = s.id
                """)
            .map((row, context) -> read(row))
            .forEach(row -> rows.put(row.id(), row)));
    return rows;
  }

  private static Known read(ResultSet row) throws SQLException {
    return new Known(
        row.getObject("id", UUID.class),
        row.getString("title").strip().replace("why DOES", "Why does"),
        row.getString("content"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getDouble("value_score"),
        row.getLong("uses"),
        row.getLong("feedbacks"),
        Optional.ofNullable(row.getObject("last_used_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        row.getBoolean("pinned"),
        row.getLong("merged"));
  }

  /** How often the audit trail says that each record was forgotten, by a run, with a reason. */
  private Map<UUID, Integer> audited() {
    Map<UUID, Integer> audited = new TreeMap<>();
    node.database.useHandle(handle ->
        handle
            .createQuery(
                """
                SELECT a.target, count(*) FROM audit_event a
                JOIN gc_run r ON r.id::text = a.details ->> 'run'
                WHERE a.action = 'solution.forget' AND a.actor = 'key:life'
                  AND a.details ->> 'reason' IN ('expired', 'low_value', 'duplicate')
                GROUP BY a.target
                """)
            .map((row, context) -> Map.entry(UUID.fromString(row.getString(1)), row.getInt(2)))
            .forEach(row -> audited.put(row.getKey(), row.getValue())));
    return audited;
  }

  private long number(String sql) {
    return node.database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }

  private List<UUID> ids(String sql) {
    return node.database.withHandle(handle -> handle.createQuery(sql).mapTo(UUID.class).list());
  }

  private List<String> texts(String sql) {
    return node.database.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }

  @Override
  public void close() {
    node.close();
  }
}
