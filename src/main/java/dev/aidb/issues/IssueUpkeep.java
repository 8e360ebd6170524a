package dev.aidb.issues;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the gauge of active issues, embeds resolved ones, and deletes what is too old. Any number
 * of replicas may do so at once.
 */
final class IssueUpkeep implements AutoCloseable {
  private static final Logger LOG = System.getLogger(IssueUpkeep.class.getName());
  private static final Duration FORGET_EVERY = Duration.ofHours(1);
  private static final Duration ROUND_MAX = Duration.ofSeconds(30);
  private static final int BATCH = 500;
  private static final int BATCHES_MAX = 200;
  private static final int EMBED_BATCH = 20;

  private final IssueRows rows;
  private final Issues issues;
  private final Suggestions suggestions;
  private final IssueMetrics metrics;
  private final Duration kept;
  private final Duration pause;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Thread thread;
  private boolean failing;

  /**
   * @param kept how long closed issues and history stay
   * @param pause between rounds
   */
  IssueUpkeep(
      IssueRows rows,
      Issues issues,
      Suggestions suggestions,
      IssueMetrics metrics,
      Duration kept,
      Duration pause) {
    this.rows = rows;
    this.issues = issues;
    this.suggestions = suggestions;
    this.metrics = metrics;
    this.kept = kept;
    this.pause = pause;
  }

  synchronized void start() {
    thread = Thread.ofVirtual().name("issue-upkeep").start(this::run);
  }

  private void run() {
    Instant forgetAt = issues.now();
    while (closing.getCount() > 0) {
      boolean forget = !issues.now().isBefore(forgetAt);
      if (round(forget) && forget) {
        forgetAt = issues.now().plus(FORGET_EVERY);
      }
      try {
        var unused = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Whether all went well; a failure is logged when it begins, and the next round tries again. */
  private boolean round(boolean forget) {
    try {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(ROUND_MAX))
          .run(() -> {
            metrics.active(rows.active());
            if (forget) {
              forget();
            }
            embed();
          });
      failing = false;
      return true;
    } catch (RuntimeException e) {
      if (!failing && closing.getCount() > 0) {
        LOG.log(Level.WARNING, "The upkeep of issues failed; it is tried again", e);
      }
      failing = true;
      return false;
    }
  }

  private void embed() {
    try {
      suggestions.embedResolved(EMBED_BATCH);
    } catch (AidbException e) {
      LOG.log(Level.DEBUG, "Resolved issues can't be embedded yet: {0}", e.detail());
    }
  }

  /** Deletes what is older than is kept, in batches. */
  void forget() {
    Instant before = issues.now().minus(kept);
    for (int i = 0; i < BATCHES_MAX && rows.deleteClosedBefore(before, BATCH) == BATCH; i++) {
      Deadline.currentOr(ROUND_MAX).check();
    }
    for (int i = 0; i < BATCHES_MAX && rows.deleteHistoryBefore(before, BATCH) == BATCH; i++) {
      Deadline.currentOr(ROUND_MAX).check();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running == null) {
      return;
    }
    try {
      if (!running.join(Duration.ofSeconds(5))) {
        running.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
