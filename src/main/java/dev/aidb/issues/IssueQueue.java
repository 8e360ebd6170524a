package dev.aidb.issues;

import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorSink;
import dev.aidb.log.LogContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the program's own errors without delay and records them in the background. Reports may come
 * before {@link #start}; they are recorded then.
 *
 * <p>What it can't take (too many in a second, or too many that wait) is dropped and counted; its
 * own failures are logged and tried again, and never recorded.
 */
public final class IssueQueue implements IssueRecorder, ErrorSink, AutoCloseable {
  private static final Logger LOG = System.getLogger(IssueQueue.class.getName());

  /** How soon the end of the program is noticed. */
  private static final Duration LOOK = Duration.ofMillis(250);

  /**
   * The bounds.
   *
   * @param queueMax reports that wait
   * @param perSecondMax reports taken in one second
   * @param batchMax reports gathered at once; those that are alike become one write
   * @param write how long one write may take
   * @param pause how long it waits after a write that failed
   * @param closing how long the end may take
   */
  public record Settings(
      int queueMax,
      int perSecondMax,
      int batchMax,
      Duration write,
      Duration pause,
      Duration closing) {
    /** 1,000 waiting, 100 a second, 200 to a batch, 5 s for a write, 1 s and 3 s. */
    public static Settings usual() {
      return new Settings(
          1_000, 100, 200, Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(3));
    }
  }

  /** A report that is yet to be written out, which is work for the background. */
  private record Waiting(Supplier<IssueReport> report, Instant at) {}

  private final Clock clock;
  private final IssueMetrics metrics;
  private final Settings settings;
  private final BlockingQueue<Waiting> queue;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** The second that is counted in the upper half, how many it had in the lower. */
  private final AtomicLong taken = new AtomicLong();

  private volatile @Nullable Thread writer;

  public IssueQueue(Clock clock, IssueMetrics metrics, Settings settings) {
    this.clock = clock;
    this.metrics = metrics;
    this.settings = settings;
    this.queue = new ArrayBlockingQueue<>(settings.queueMax());
  }

  @Override
  public void record(IssueReport report) {
    offer(() -> report);
  }

  @Override
  public void failed(String component, Throwable failure) {
    Optional<String> request =
        LogContext.REQUEST_ID.isBound()
            ? Optional.of(LogContext.REQUEST_ID.get())
            : Optional.empty();
    offer(() -> OwnError.report(component, failure, request));
  }

  private void offer(Supplier<IssueReport> report) {
    if (Thread.currentThread().equals(writer)) {
      return; // a failure to record is no error to record
    }
    Instant now = clock.instant();
    if (!isWithinRate(now.getEpochSecond()) || !queue.offer(new Waiting(report, now))) {
      metrics.dropped(1);
    }
  }

  private boolean isWithinRate(long second) {
    long state =
        taken.updateAndGet(before -> (before >>> 32) == second ? before + 1 : (second << 32) + 1);
    return (state & 0xFFFF_FFFFL) <= settings.perSecondMax();
  }

  /** Begins to record. */
  void start(Issues issues) {
    Thread thread = Thread.ofVirtual().name("issue-recorder").unstarted(() -> write(issues));
    writer = thread; // before its first report could come
    thread.start();
  }

  private void write(Issues issues) {
    List<Sighting> batch = new ArrayList<>();
    while (closing.getCount() > 0) {
      try {
        take(batch, LOOK);
        if (!batch.isEmpty() && !written(issues, batch, settings.write())) {
          var unused = closing.await(settings.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        break; // closing
      }
    }
    finish(issues, batch);
  }

  /** Fills the batch; what couldn't be written before is still in it. */
  private void take(List<Sighting> batch, Duration patience) throws InterruptedException {
    Waiting next =
        batch.isEmpty() ? queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS) : queue.poll();
    List<Sighting> arrived = new ArrayList<>(batch);
    for (int i = 0; next != null && i < settings.batchMax(); i++) {
      sighting(next).ifPresent(arrived::add);
      next = arrived.size() < settings.batchMax() ? queue.poll() : null;
    }
    batch.clear();
    Sighting.gathered(arrived).forEach(batch::add);
  }

  private Optional<Sighting> sighting(Waiting waiting) {
    try {
      return Optional.of(Sighting.of(waiting.report.get(), waiting.at));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(Level.WARNING, "An error can't be written out as an issue", e);
      metrics.dropped(1);
      return Optional.empty();
    }
  }

  /** Writes the batch and takes from it what was written; whether that was all. */
  private boolean written(Issues issues, List<Sighting> batch, Duration patience) {
    while (!batch.isEmpty()) {
      Sighting next = batch.getFirst();
      try {
        ScopedValue.where(Deadline.CURRENT, Deadline.in(patience)).run(() -> issues.count(next));
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "Errors can't be recorded yet; they are kept", e);
        return false;
      }
      batch.removeFirst();
    }
    return true;
  }

  private void finish(Issues issues, List<Sighting> batch) {
    Deadline deadline = Deadline.in(settings.closing());
    try {
      take(batch, Duration.ZERO);
      while (!batch.isEmpty()
          && !deadline.passed()
          && written(issues, batch, deadline.remaining())) {
        take(batch, Duration.ZERO);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long left = batch.stream().mapToLong(Sighting::occurrences).sum() + queue.size();
    if (left > 0) {
      metrics.dropped(left);
      LOG.log(Level.WARNING, "{0} errors are not recorded: the database is away", left);
    }
  }

  /** Records what waits, as far as that can be done in time. */
  @Override
  public void close() {
    closing.countDown();
    Thread thread = writer;
    if (thread == null) {
      return;
    }
    try {
      if (!thread.join(settings.write().plus(settings.closing()).plusSeconds(1))) {
        LOG.log(Level.WARNING, "The recorder of issues did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
