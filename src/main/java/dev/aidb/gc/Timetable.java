package dev.aidb.gc;

import dev.aidb.core.AidbException;
import dev.aidb.core.CronSchedule;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Begins the runs of the schedule, takes up those that were interrupted, and keeps the figures
 * current. A moment that passed while no server was up has its run at the next start; of several
 * such moments the latest counts. Each moment has one run, whichever replica makes it.
 */
public final class Timetable implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Timetable.class.getName());

  /** Where the latest missed moment is looked for: a short search usually finds it. */
  private static final List<Duration> LOOK_BACK =
      List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(32), Duration.ofDays(400));

  private static final Duration ROUND_MAX = Duration.ofMinutes(1);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  /**
   * @param enabled whether runs are begun by schedule; interrupted ones are taken up anyway
   * @param poll how often is looked whether there is something to do
   */
  public record Settings(boolean enabled, CronSchedule schedule, ZoneId zone, Duration poll) {}

  private final Collector collector;
  private final Figures figures;
  private final Clock clock;
  private final Settings settings;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Thread thread;

  /** Of the thread alone. */
  private boolean failing;

  public Timetable(Collector collector, Figures figures, Clock clock, Settings settings) {
    this.collector = collector;
    this.figures = figures;
    this.clock = clock;
    this.settings = settings;
  }

  /** Begins to look, at once. */
  public synchronized void start() {
    thread = Thread.ofVirtual().name("gc-timetable").start(this::keep);
  }

  private void keep() {
    try {
      do {
        ScopedValue.where(Deadline.CURRENT, Deadline.in(ROUND_MAX)).run(this::round);
      } while (!closing.await(untilNext().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private void round() {
    try {
      if (!collector.resume()) {
        due().ifPresent(this::begin);
      }
      figures.refresh();
      failing = false;
    } catch (RuntimeException e) {
      // Once: the next rounds would say the same.
      Level level = failing ? Level.DEBUG : Level.WARNING;
      LOG.log(level, "The timetable of garbage collection can't be followed; it is tried again", e);
      failing = true;
    }
  }

  private void begin(Instant due) {
    try {
      var unused = collector.begin(Request.scheduled(due));
    } catch (AidbException e) {
      if (e.code() != ErrorCode.CONFLICT) {
        throw e;
      }
      // Another run is under way, or this very one was made elsewhere: it is looked at again.
    }
  }

  /** The latest moment of the schedule that has passed without a run. */
  Optional<Instant> due() {
    if (!settings.enabled()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Instant last = collector.runs().lastDue(now);
    if (next(last).isAfter(now)) {
      return Optional.empty();
    }
    for (Duration back : LOOK_BACK) {
      Instant from = now.minus(back);
      if (from.isAfter(last) && !next(from).isAfter(now)) {
        return Optional.of(latest(from, now));
      }
    }
    return Optional.of(latest(last, now));
  }

  private Instant latest(Instant after, Instant now) {
    Instant latest = next(after);
    for (Instant next = next(latest); !next.isAfter(now); next = next(latest)) {
      latest = next;
    }
    return latest;
  }

  /** When the next run is begun by schedule; empty when none is. */
  Optional<Instant> nextRun() {
    return settings.enabled() ? Optional.of(next(clock.instant())) : Optional.empty();
  }

  private Instant next(Instant after) {
    return settings.schedule().next(after.atZone(settings.zone())).toInstant();
  }

  private Duration untilNext() {
    return nextRun()
        .map(next -> Duration.between(clock.instant(), next))
        .filter(wait -> !wait.isNegative() && wait.compareTo(settings.poll()) < 0)
        .map(wait -> wait.plusMillis(1)) // rounded up
        .orElse(settings.poll());
  }

  @Override
  public void close() {
    closing.countDown();
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null) {
      try {
        if (!running.join(CLOSE_WAIT)) {
          LOG.log(Level.WARNING, "The timetable of garbage collection did not end in time");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
