package dev.aidb.store;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Renews a lease three times in its ttl, on a virtual thread of its own, until closed, ended or at
 * its limit. A database that is away for less than the ttl doesn't end it.
 */
public final class LeaseRenewal implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LeaseRenewal.class.getName());

  /** So that two tries may fail. */
  private static final int TRIES_IN_TTL = 3;

  private final Lease lease;
  private final Deadline limit;
  private final Duration pause;
  private final Runnable whenEnded;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean ended;

  private LeaseRenewal(Lease lease, Duration limit, Runnable whenEnded) {
    this.lease = lease;
    this.limit = Deadline.in(limit);
    this.pause = lease.ttl().dividedBy(TRIES_IN_TTL);
    this.whenEnded = whenEnded;
  }

  static LeaseRenewal start(Lease lease, Duration limit, Runnable whenEnded) {
    LeaseRenewal renewal = new LeaseRenewal(lease, limit, whenEnded);
    Thread.ofVirtual().name("lease-" + lease.name()).start(renewal::run);
    return renewal;
  }

  /** Whether the lease has ended, as far as is known here: whoever works under it must stop. */
  public boolean ended() {
    return ended || lease.overdue();
  }

  /** Stops renewing; the lease itself stays until it is closed or its time is over. */
  @Override
  public void close() {
    closed.countDown();
  }

  private void run() {
    try {
      while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        if (limit.passed()) {
          LOG.log(Level.WARNING, "The lease " + lease.name() + " is not renewed any longer");
          waitForTheEnd();
          return;
        }
        if (!renewed()) {
          end();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void waitForTheEnd() throws InterruptedException {
    while (!lease.overdue()) {
      if (closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
    end();
  }

  /** Whether the lease still holds, for all that is known. */
  private boolean renewed() {
    try {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(pause)).run(lease::renew);
      return true;
    } catch (AidbException e) {
      if (e.code() == ErrorCode.CONFLICT) {
        return false;
      }
      return stillHolds(e);
    } catch (RuntimeException e) {
      return stillHolds(e);
    }
  }

  private boolean stillHolds(RuntimeException e) {
    LOG.log(Level.WARNING, "The lease " + lease.name() + " could not be renewed", e);
    return !lease.overdue();
  }

  private void end() {
    ended = true;
    if (closed.getCount() > 0) {
      LOG.log(Level.WARNING, "The lease " + lease.name() + " has ended");
      whenEnded.run();
    }
  }
}
