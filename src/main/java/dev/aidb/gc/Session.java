package dev.aidb.gc;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.gc.Checkpoint.Place;
import dev.aidb.guard.AuditEvent;
import dev.aidb.projection.Projection;
import dev.aidb.similarity.Survivors;
import dev.aidb.store.Lease;
import dev.aidb.store.LeaseRenewal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** One lease holder's work at a run: from where its last commit left it to its end. */
final class Session {
  private static final Logger LOG = System.getLogger(Session.class.getName());
  private static final int TRIES = 4;

  /** Steps of a plan that one transaction stores. */
  private static final int WRITTEN = 5_000;

  private static final Duration TRY_AGAIN = Duration.ofMillis(500);

  /** The server stops: the run is taken up again by whoever is next. */
  static final class Stopped extends RuntimeException {
    static final long serialVersionUID = 1L;

    Stopped() {
      super("stopped", null, false, false);
    }
  }

  private final Equipment equipment;
  private final Runs runs;
  private final Rules rules;
  private final GcMetrics metrics;
  private final UUID id;
  private final Lease lease;
  private final LeaseRenewal renewal;
  private final CountDownLatch closing;

  /**
   * @param closing comes to 0 when the work is to be left, after the batch that is at work
   */
  Session(Equipment equipment, UUID id, Lease lease, LeaseRenewal renewal, CountDownLatch closing) {
    this.equipment = equipment;
    this.runs = equipment.runs();
    this.rules = equipment.settings().rules();
    this.metrics = equipment.metrics();
    this.id = id;
    this.lease = lease;
    this.renewal = renewal;
    this.closing = closing;
  }

  /**
   * Does what is left to do.
   *
   * @throws Stopped when the server stops
   * @throws AidbException {@code CONFLICT} when another has the lease, others when the database or
   *     something else fails; the run is then as its last commit left it
   */
  void go() {
    equipment.settings().clockOffMax().ifPresent(this::checkClock);
    brief(handle -> runs.takeUp(handle, id, equipment.now()));
    pass(Place.BEGUN);
    Run run = run();
    if (run.state() == State.PLANNING) {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(equipment.settings().planMax()))
          .run(() -> plan(run));
    }
    Run planned = run();
    if (planned.state() == State.RUNNING) {
      carryOut(planned);
    }
    if (!planned.request().dryRun()) {
      purge(planned);
    }
    Collector.Settings settings = equipment.settings();
    brief(handle -> runs.trim(handle, settings.runsKept(), settings.plansKept()));
  }

  /** Ages reckoned by a clock that is far ahead would make everything old. */
  private void checkClock(Duration offMax) {
    Instant now = equipment.now();
    brief(handle -> {
      Instant there =
          handle
              .createQuery("SELECT clock_timestamp()")
              .mapTo(OffsetDateTime.class)
              .one()
              .toInstant();
      Duration off = Duration.between(there, now).abs();
      if (off.compareTo(offMax) > 0) {
        throw AidbException.unavailable(
            "This server's clock and the database's are "
                + off.toMinutes()
                + " minutes apart; nothing was removed",
            Duration.ofMinutes(1),
            null);
      }
    });
  }

  private Run run() {
    return ScopedValue.where(Deadline.CURRENT, Deadline.in(equipment.settings().stepMax()))
        .call(() -> runs.find(id))
        .orElseThrow();
  }

  private void pass(Place place) {
    equipment.checkpoint().pass(place);
  }

  /** A transaction of the lease's holder that takes no longer than a batch. */
  private void brief(Consumer<Handle> work) {
    ScopedValue.where(Deadline.CURRENT, Deadline.in(equipment.settings().stepMax()))
        .run(() ->
            equipment
                .parts()
                .database()
                .useTransaction(handle -> {
                  lease.verify(handle);
                  work.accept(handle);
                }));
  }

  private void goOn() {
    if (closing.getCount() == 0) {
      throw new Stopped();
    }
    if (renewal.ended()) {
      throw new AidbException(ErrorCode.CONFLICT, "Another server has taken this run over");
    }
  }

  private void plan(Run run) {
    long start = System.nanoTime();
    Plan plan = planned(run);
    goOn();
    Optional<String> excess = plan.excess(rules);
    boolean tooMuch = excess.isPresent() && !run.request().force();
    State next = run.request().dryRun() ? State.DONE : tooMuch ? State.REFUSED : State.RUNNING;
    String problem = tooMuch ? excess.get() : plan.problem();
    store(plan, next, problem);
    metrics.took(GcMetrics.Phase.PLAN, System.nanoTime() - start);
    if (!run.request().dryRun()) {
      metrics.duplicatesFound(
          plan.removals().stream().filter(r -> r.reason() == Reason.DUPLICATE).count());
    }
    if (next == State.REFUSED) {
      metrics.failed();
      equipment.parts().alarm().raise("Garbage collection removed nothing: " + problem);
    }
    pass(Place.PLAN_STORED);
  }

  /**
   * In parts, since the change log waits for the longest of all open transactions. The last of them
   * says that the plan is there; without it the run is planned anew.
   */
  private void store(Plan plan, State next, String problem) {
    brief(handle -> runs.clear(handle, id));
    List<Item> items = plan.items();
    for (int from = 0; from < items.size(); from += WRITTEN) {
      List<Item> part = items.subList(from, Math.min(from + WRITTEN, items.size()));
      brief(handle -> runs.add(handle, id, part));
    }
    pass(Place.PLAN_WRITTEN);
    brief(handle -> runs.planned(handle, id, plan, next, problem, equipment.now()));
  }

  private Plan planned(Run run) {
    Set<Task> tasks = run.request().tasks();
    List<Standing> all = equipment.census().all();
    pass(Place.READ);
    List<Removal> removals = new ArrayList<>(equipment.planner().retired(all, tasks, run.asOf()));
    if (tasks.contains(Task.DUPLICATE)) {
      removals.addAll(duplicates(equipment.planner().contenders(all, removals)));
    }
    long solutions = all.size();
    if (!tasks.contains(Task.ORPHAN) || !rules.orphanCleanup()) {
      return new Plan(solutions, removals, List.of(), Map.of(), "");
    }
    goOn();
    try {
      IndexCare.Findings found = equipment.indexCare().findings(run.asOf());
      Plan plan = new Plan(solutions, removals, found.unmatched(), found.entries(), "");
      metrics.orphansFound(plan.totals().getOrDefault(Reason.ORPHAN, Run.Total.NONE).planned());
      return plan;
    } catch (AidbException e) {
      // Nothing is an orphan by an index that can't be read; the solutions don't depend on it.
      LOG.log(Level.WARNING, "The index was not compared with the rows: {0}", e.detail());
      metrics.failed();
      return new Plan(
          solutions,
          removals,
          List.of(),
          Map.of(),
          "The index was not compared with the rows: " + e.detail());
    }
  }

  private List<Removal> duplicates(List<Standing> contenders) {
    goOn();
    QueryVectors vectors = new QueryVectors(equipment.parts().database(), contenders);
    try {
      Survivors survivors =
          equipment
              .parts()
              .duplicates()
              .survivors(
                  vectors,
                  Planner.safe(contenders),
                  rules.deduplicateSimilarity(),
                  () -> closing.getCount() == 0 || renewal.ended());
      return Planner.duplicates(vectors.given(), survivors);
    } catch (CancellationException e) {
      goOn();
      throw e;
    }
  }

  private void carryOut(Run run) {
    while (true) {
      goOn();
      long start = System.nanoTime();
      Optional<Step> step = step(run);
      if (step.isEmpty()) {
        break;
      }
      long took = System.nanoTime() - start;
      metrics.step(step.get(), took);
      pause(Duration.ofNanos(took));
    }
    pass(Place.STEPS_OVER);
    brief(handle -> runs.finish(handle, id, State.DONE, "", equipment.now()));
    if (run.problem().isEmpty()) {
      metrics.succeeded(equipment.now());
    }
    LOG.log(Level.INFO, "Garbage collection {0} is done: {1}", id, run().totals());
    pass(Place.FINISHED);
  }

  /** A step, again where something came in between that may be over soon. */
  private Optional<Step> step(Run run) {
    for (int i = 1; ; i++) {
      try {
        return ScopedValue.where(Deadline.CURRENT, Deadline.in(equipment.settings().stepMax()))
            .call(() -> tried(run));
      } catch (AidbException e) {
        if (!e.code().retryable() || i == TRIES) {
          throw e;
        }
        LOG.log(Level.INFO, "A batch of garbage collection is tried again: {0}", e.detail());
      }
      pause(TRY_AGAIN.multipliedBy(i));
      goOn();
    }
  }

  private Optional<Step> tried(Run run) {
    try (Projection.Ticket ticket = equipment.parts().projection().begin()) {
      Optional<Step> step =
          equipment
              .parts()
              .database()
              .inTransaction(handle -> {
                lease.verify(handle);
                Optional<Step> done = written(handle, run);
                pass(Place.STEP_WRITTEN);
                return done;
              });
      pass(Place.STEP_STORED);
      step.ifPresent(done -> {
        Trail.committed(done.events());
        var unused = ticket.reload(done.versions());
      });
      pass(Place.STEP_APPLIED);
      return step;
    }
  }

  private Optional<Step> written(Handle handle, Run run) {
    List<Item> items = runs.next(handle, id, equipment.settings().batch());
    if (items.isEmpty()) {
      return Optional.empty();
    }
    Marks marks = (over, done) -> runs.mark(handle, id, over, done);
    return Optional.of(
        switch (items.getFirst().reason()) {
          case EXPIRED, LOW_VALUE, DUPLICATE ->
              equipment.forgetting().carryOut(handle, run, items, marks, equipment.now());
          case ORPHAN ->
              equipment.indexCare().removeOrphans(handle, run, items, marks, equipment.now());
          case UNINDEXED -> equipment.indexCare().index(handle, items, marks);
        });
  }

  /** As long as the work took, so that searches have the processor for half of the time. */
  private void pause(Duration took) {
    Duration pause =
        took.compareTo(equipment.settings().pauseMax()) < 0
            ? took
            : equipment.settings().pauseMax();
    try {
      if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new Stopped();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Stopped();
    }
  }

  private void purge(Run run) {
    long start = System.nanoTime();
    Instant before = equipment.now().minus(rules.tombstones());
    int purged;
    do {
      goOn();
      purged =
          ScopedValue.where(Deadline.CURRENT, Deadline.in(equipment.settings().stepMax()))
              .call(() -> purgedOnce(run, before));
      pass(Place.PURGED);
    } while (purged == equipment.settings().batch());
    metrics.took(GcMetrics.Phase.PURGE, System.nanoTime() - start);
  }

  private int purgedOnce(Run run, Instant before) {
    List<AuditEvent> events = new ArrayList<>();
    int purged =
        equipment
            .parts()
            .database()
            .inTransaction(handle -> {
              lease.verify(handle);
              int count =
                  equipment.tombstones().purge(handle, before, equipment.settings().batch());
              if (count > 0) {
                events.add(
                    Trail.done(
                        run.request(),
                        "tombstones.purge",
                        id.toString(),
                        Map.of("count", count, "before", before.toString())));
                equipment.trail().store(handle, events, equipment.now());
              }
              return count;
            });
    Trail.committed(events);
    return purged;
  }
}
