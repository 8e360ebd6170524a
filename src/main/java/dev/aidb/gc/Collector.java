package dev.aidb.gc;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.IdSource;
import dev.aidb.learning.Inheritance;
import dev.aidb.projection.Projection;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Lease;
import dev.aidb.store.LeaseRenewal;
import dev.aidb.store.Leases;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs, one at a time over all replicas: plans, stores the plan, carries it out in batches,
 * purges old tombstones. See the package for what holds when it is killed.
 */
public final class Collector implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Collector.class.getName());

  /** The lease's name. */
  static final String LEASE = "garbage-collection";

  private static final int ATTEMPTS_MAX = 5;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
  private static final Duration RESTORE_MAX = Duration.ofHours(1);

  /**
   * @param rules what is forgotten
   * @param batch how many records a transaction takes, 1 or more
   * @param pauseMax between batches is a pause as long as the batch took, but no longer than this
   * @param lease after how long without a sign another replica takes a run over
   * @param planMax how long planning may take
   * @param stepMax how long a batch may take
   * @param runsKept how many runs are remembered
   * @param plansKept of how many of them the records are remembered
   * @param clockOffMax how far this server's clock, by which ages are reckoned, may be from the
   *     database's; empty for a clock that isn't meant to tell the time
   */
  public record Settings(
      Rules rules,
      int batch,
      Duration pauseMax,
      Duration lease,
      Duration planMax,
      Duration stepMax,
      int runsKept,
      int plansKept,
      Optional<Duration> clockOffMax) {
    /** 200 to a batch, and the history of 1,000 runs with the records of 20. */
    public static Settings of(Rules rules) {
      return new Settings(
          rules,
          200,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(30),
          Duration.ofMinutes(1),
          1_000,
          20,
          Optional.of(Duration.ofMinutes(10)));
    }
  }

  /**
   * What runs are made with.
   *
   * @param inheritance gives survivors what their duplicates had
   * @param duplicates finds near-duplicates, on the run's own thread
   * @param alarm is told of refused and failed runs
   */
  public record Parts(
      Database database,
      ChangeLog log,
      Projection projection,
      Leases leases,
      Inheritance inheritance,
      DuplicateSearch duplicates,
      IdSource ids,
      Clock clock,
      Alarm alarm) {}

  private final Parts parts;
  private final Settings settings;
  private final GcMetrics metrics;
  private final Equipment equipment;
  private final Runs runs;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Held by whoever is about to begin something; nobody waits for it. */
  private final Semaphore beginning = new Semaphore(1);

  private volatile @Nullable Work current;

  public Collector(Parts parts, Settings settings, GcMetrics metrics) {
    this(parts, settings, metrics, place -> {});
  }

  /**
   * @param checkpoint passed on the run's thread; what it throws ends the run there
   */
  Collector(Parts parts, Settings settings, GcMetrics metrics, Checkpoint checkpoint) {
    this.parts = parts;
    this.settings = settings;
    this.metrics = metrics;
    this.equipment = Equipment.of(parts, settings, metrics, checkpoint);
    this.runs = equipment.runs();
  }

  /** A run at work in this process. */
  private record Work(UUID run, Thread thread) {}

  Runs runs() {
    return runs;
  }

  Settings settings() {
    return settings;
  }

  /**
   * Begins a run.
   *
   * @return its id
   * @throws AidbException {@code CONFLICT} while one is running, here or on another replica, or
   *     when the moment of the schedule that it is for has had its run
   */
  UUID begin(Request request) {
    if (!beginning.tryAcquire()) {
      throw busy();
    }
    try {
      return begun(request, acquire());
    } finally {
      beginning.release();
    }
  }

  private UUID begun(Request request, Lease lease) {
    boolean handedOver = false;
    try {
      Optional<Run> open = runs.open();
      if (open.isPresent() && !dropped(open.get(), lease)) {
        work(open.get(), lease);
        handedOver = true;
        throw new AidbException(
            ErrorCode.CONFLICT, "A run that was interrupted is being brought to its end first");
      }
      UUID id = parts.ids().next();
      boolean begun =
          parts
              .database()
              .inTransaction(handle -> {
                lease.verify(handle);
                return runs.begin(handle, id, request, equipment.now());
              });
      if (!begun) {
        throw new AidbException(ErrorCode.CONFLICT, "Another server has made this run");
      }
      work(runs.find(id).orElseThrow(), lease);
      handedOver = true;
      return id;
    } finally {
      if (!handedOver) {
        lease.close();
      }
    }
  }

  /**
   * Takes up a run that was begun and that nobody works at any more; whether there was one.
   *
   * @throws AidbException when the database is away
   */
  boolean resume() {
    if (!beginning.tryAcquire()) {
      return false;
    }
    try {
      return !working() && !closed() && runs.open().isPresent() && resumed();
    } finally {
      beginning.release();
    }
  }

  private boolean resumed() {
    Optional<Lease> lease = parts.leases().tryAcquire(LEASE, settings.lease());
    if (lease.isEmpty()) {
      return false;
    }
    boolean handedOver = false;
    try {
      Optional<Run> open = runs.open();
      if (open.isPresent() && !dropped(open.get(), lease.get())) {
        work(open.get(), lease.get());
        handedOver = true;
      }
      return handedOver;
    } finally {
      if (!handedOver) {
        lease.get().close();
      }
    }
  }

  /** Waits for the end of a run of this process; returns at once when it has none. */
  void await(UUID run, Duration patience) throws InterruptedException {
    Work work = current;
    if (work != null && work.run().equals(run)) {
      var unused = work.thread().join(patience);
    }
  }

  private Lease acquire() {
    if (closed()) {
      throw new AidbException(ErrorCode.UNAVAILABLE, "The server is stopping");
    }
    if (working()) {
      throw busy();
    }
    return parts.leases().tryAcquire(LEASE, settings.lease()).orElseThrow(Collector::busy);
  }

  private static AidbException busy() {
    return new AidbException(ErrorCode.CONFLICT, "A run of garbage collection is under way");
  }

  private boolean working() {
    Work work = current;
    return work != null && work.thread().isAlive();
  }

  /** Nobody waits any more for the answer of a dry run that was interrupted. */
  private boolean dropped(Run run, Lease lease) {
    boolean over = run.request().dryRun() || run.attempts() >= ATTEMPTS_MAX;
    if (over) {
      String why =
          run.request().dryRun()
              ? "It was interrupted"
              : "It did not come to its end in " + ATTEMPTS_MAX + " attempts";
      parts
          .database()
          .useTransaction(handle -> {
            lease.verify(handle);
            runs.finish(handle, run.id(), State.FAILED, why, equipment.now());
          });
      if (!run.request().dryRun()) {
        parts.alarm().raise("A run of garbage collection was given up: " + why);
      }
    }
    return over;
  }

  private void work(Run run, Lease lease) {
    Thread thread =
        Thread.ofPlatform()
            .name("garbage-collection")
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .start(() -> {
              try (lease) {
                workedOn(run, lease);
              }
            });
    current = new Work(run.id(), thread);
  }

  private void workedOn(Run run, Lease lease) {
    long start = System.nanoTime();
    try (LeaseRenewal renewal = lease.keepRenewed(Duration.ofDays(1), () -> {})) {
      new Session(equipment, run.id(), lease, renewal, closing).go();
      metrics.took(GcMetrics.Phase.RUN, System.nanoTime() - start);
    } catch (Session.Stopped e) {
      LOG.log(Level.INFO, "Garbage collection goes on after the next start");
    } catch (RuntimeException e) {
      metrics.failed();
      ended(run, lease, e);
    } catch (Error e) {
      metrics.failed();
      LOG.log(Level.ERROR, "Garbage collection was cut short; it is taken up again", e);
    }
  }

  /** A run that the schedule or a client began goes on later, unless it never came to its plan. */
  private void ended(Run run, Lease lease, RuntimeException why) {
    LOG.log(Level.WARNING, "A run of garbage collection failed", why);
    String problem =
        why instanceof AidbException known ? known.detail() : "The run failed unexpectedly";
    try {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(settings.stepMax()))
          .run(() -> end(run, lease, problem));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The failed run could not be ended: {0}", e.getMessage());
    }
  }

  private void end(Run run, Lease lease, String problem) {
    boolean planned = runs.find(run.id()).filter(now -> now.state() == State.RUNNING).isPresent();
    if (planned || run.request().due().isPresent()) {
      return; // taken up again, as often as it may be
    }
    parts
        .database()
        .useTransaction(handle -> {
          lease.verify(handle);
          runs.finish(handle, run.id(), State.FAILED, problem, equipment.now());
        });
    parts.alarm().raise("A run of garbage collection failed: " + problem);
  }

  private boolean closed() {
    return closing.getCount() == 0;
  }

  /**
   * Brings removed solutions back as they were.
   *
   * @param pin whether they are pinned too, so that no later run removes them again
   * @param by who asked
   * @return what became of each, in the order that was asked for
   * @throws AidbException {@code CONFLICT} while a run is under way
   */
  Map<UUID, Outcome> restore(List<UUID> ids, boolean pin, Request by) {
    try (Lease lease = acquire();
        LeaseRenewal renewal = lease.keepRenewed(RESTORE_MAX, () -> {})) {
      return new Restoration(equipment, lease).restore(ids, pin, by);
    }
  }

  /** The records of a run that can be brought back. */
  List<UUID> restorable(UUID run) {
    return equipment.tombstones().of(run);
  }

  /** Ends between two batches what is at work; it is taken up again after the next start. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (beginning.tryAcquire(CLOSE_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
        beginning.release(); // whoever was about to begin has begun, or will see that it closes
      }
      Work work = current;
      if (work != null && !work.thread().join(CLOSE_WAIT)) {
        LOG.log(Level.WARNING, "Garbage collection did not end in time; it is cut short");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
