package dev.aidb.audit;

import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorSink;
import dev.aidb.core.IdSource;
import dev.aidb.guard.AuditEvent;
import dev.aidb.guard.AuditTrail;
import dev.aidb.guard.Refusals;
import dev.aidb.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes events and stores them, many in one commit. Events may come before {@link #start}; they are
 * stored then.
 */
public final class AuditLog implements AuditTrail, AutoCloseable {
  private static final Logger LOG = System.getLogger(AuditLog.class.getName());

  /** How soon the end of the program is noticed. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  /**
   * The bounds.
   *
   * @param queueMax events that wait to be stored; more are lost, but for their line in the log
   * @param batchMax events stored in one commit
   * @param patience how long an event's request waits for its row
   * @param gather how long refusals are gathered before they make rows
   * @param commit how long a commit may take, and at the end all those that are left
   */
  public record Settings(
      int queueMax, int batchMax, Duration patience, Duration gather, Duration commit) {
    /** 10,000 events, 500 to a commit, 2 s, 60 s and 5 s. */
    public static Settings defaults() {
      return new Settings(
          10_000, 500, Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(5));
    }
  }

  private record Waiting(AuditRow row, CountDownLatch stored) {}

  private final IdSource ids;
  private final Clock clock;
  private final AuditMetrics metrics;
  private final Settings settings;
  private final ErrorSink failures;
  private final BlockingQueue<Waiting> queue;
  private final RefusalTally refusals;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Thread writer;

  public AuditLog(IdSource ids, Clock clock, AuditMetrics metrics, Settings settings) {
    this(ids, clock, metrics, settings, ErrorSink.unheeded());
  }

  /** As above; {@code failures} is told when rows can't be stored. */
  public AuditLog(
      IdSource ids, Clock clock, AuditMetrics metrics, Settings settings, ErrorSink failures) {
    this.failures = failures;
    this.ids = ids;
    this.clock = clock;
    this.metrics = metrics;
    this.settings = settings;
    this.queue = new ArrayBlockingQueue<>(settings.queueMax());
    this.refusals = new RefusalTally(clock);
  }

  /** Begins to store. */
  public synchronized void start(Database database) {
    writer = Thread.ofVirtual().name("audit-writer").start(() -> write(database));
  }

  /** Where refusals go: they are gathered, and never waited for. */
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public void record(AuditEvent event) {
    CountDownLatch stored = put(event);
    try {
      Duration wait =
          Deadline.currentOr(settings.patience()).atMost(settings.patience()).remaining();
      var unused = stored.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is stored nevertheless
    }
  }

  private CountDownLatch put(AuditEvent event) {
    AuditRows.log(event);
    CountDownLatch stored = new CountDownLatch(1);
    Instant at = clock.instant(); // before the id, which is ordered by it
    if (!queue.offer(new Waiting(new AuditRow(ids.next(), at, event), stored))) {
      lost(1, "too many wait");
      stored.countDown();
    }
    return stored;
  }

  private void lost(int rows, String why) {
    metrics.lost(rows);
    LOG.log(Level.ERROR, "{0} audit rows are lost, though not their lines: {1}", rows, why);
  }

  private void write(Database database) {
    Instant gathered = clock.instant();
    List<Waiting> batch = new ArrayList<>();
    while (closing.getCount() > 0) {
      try {
        take(batch);
        Instant now = clock.instant();
        if (Duration.between(gathered, now).compareTo(settings.gather()) >= 0) {
          refusals.take().forEach(this::put);
          gathered = now;
        }
        if (!batch.isEmpty() && !stored(database, batch, Deadline.in(settings.commit()))) {
          var unused = closing.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        break; // closing
      }
    }
    refusals.take().forEach(this::put);
    finish(database, batch);
  }

  /** Fills the batch; what couldn't be stored before is still in it. */
  private void take(List<Waiting> batch) throws InterruptedException {
    if (batch.isEmpty()) {
      Waiting first = queue.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
      }
    }
    queue.drainTo(batch, settings.batchMax() - batch.size());
  }

  private boolean stored(Database database, List<Waiting> batch, Deadline deadline) {
    List<AuditRow> rows = batch.stream().map(Waiting::row).toList();
    try {
      ScopedValue.where(Deadline.CURRENT, deadline)
          .run(() -> database.useTransaction(handle -> AuditRows.insert(handle, rows)));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Audit rows can't be stored yet; they are kept", e);
      failures.failed("audit", e);
      return false;
    }
    metrics.written(rows.size());
    batch.forEach(waiting -> waiting.stored().countDown());
    batch.clear();
    return true;
  }

  private void finish(Database database, List<Waiting> batch) {
    Deadline deadline = Deadline.in(settings.commit());
    queue.drainTo(batch, settings.batchMax() - batch.size());
    while (!batch.isEmpty() && !deadline.passed() && stored(database, batch, deadline)) {
      queue.drainTo(batch, settings.batchMax());
    }
    int left = batch.size() + queue.size();
    if (left > 0) {
      lost(left, "the database is away at the stop");
    }
  }

  /** Stores what waits, as far as that can be done in time. */
  @Override
  public void close() {
    closing.countDown();
    Thread thread;
    synchronized (this) {
      thread = writer;
    }
    if (thread == null) {
      return;
    }
    try {
      if (!thread.join(settings.commit().multipliedBy(2).plusSeconds(1))) {
        LOG.log(Level.WARNING, "The audit trail did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
