package dev.aidb.store;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;

/**
 * A held lease of {@link Leases}. It ends when its time is over, when it is closed, or with the
 * database; once ended it never comes back, even if nobody else took it.
 *
 * <p>Threading: any method from any thread.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Lease.class.getName());
  private static final double NANOS_PER_SECOND = 1e9;

  /** Also when the work's own time is over. */
  private static final Duration GIVE_BACK = Duration.ofSeconds(5);

  private final Database database;
  private final String name;
  private final long fence;
  private final Duration ttl;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** When the last renewal that worked was sent: it ends no earlier than the ttl after that. */
  private volatile long renewedNanos;

  Lease(Database database, String name, long fence, Duration ttl, long renewedNanos) {
    this.database = database;
    this.name = name;
    this.fence = fence;
    this.ttl = ttl;
    this.renewedNanos = renewedNanos;
  }

  public String name() {
    return name;
  }

  /** Greater than that of every earlier holder of this name, from 1. */
  public long fence() {
    return fence;
  }

  /** How long it lasts from each renewal on. */
  public Duration ttl() {
    return ttl;
  }

  /**
   * Lets it last for another {@link #ttl} from now.
   *
   * @throws AidbException CONFLICT when it has ended; others when the database can't be asked, and
   *     then it may still hold
   */
  public void renew() {
    long asked = System.nanoTime();
    int renewed =
        database.withHandle(handle ->
            handle
                .createUpdate(
                    """
                    UPDATE lease
                    SET expires_at = clock_timestamp() + make_interval(secs => :seconds)
                    WHERE name = :name AND fence = :fence AND expires_at > clock_timestamp()
                    """)
                .bind("seconds", seconds(ttl))
                .bind("name", name)
                .bind("fence", fence)
                .execute());
    if (renewed == 0) {
      throw ended();
    }
    renewedNanos = asked;
  }

  /**
   * Makes sure that whatever this transaction does is done by the holder: as long as the
   * transaction is open nobody else gets the lease, even when its time ends meanwhile. Renewals
   * aren't held up.
   *
   * @param handle in a transaction, best before anything else in it
   * @throws AidbException CONFLICT when the lease has ended
   */
  public void verify(Handle handle) {
    if (!handle.isInTransaction()) {
      throw new IllegalStateException("a lease is verified within a transaction");
    }
    Optional<Long> held =
        handle
            .createQuery(
                """
                SELECT fence FROM lease
                WHERE name = :name AND fence = :fence AND expires_at > clock_timestamp()
                FOR KEY SHARE
                """)
            .bind("name", name)
            .bind("fence", fence)
            .mapTo(Long.class)
            .findOne();
    if (held.isEmpty()) {
      throw ended();
    }
  }

  /**
   * Renews it in the background, until the returned is closed, the lease has ended, or the limit is
   * over.
   *
   * @param limit how long at most, so that work that hangs doesn't keep others out for ever
   * @param ended called once, on the thread that renews, when the lease has ended or could not be
   *     renewed in time; not after the close
   */
  public LeaseRenewal keepRenewed(Duration limit, Runnable ended) {
    return LeaseRenewal.start(this, limit, ended);
  }

  /**
   * Whether so much time went by since the last renewal, as this machine measures it, that the
   * lease must be taken for ended. A hint: only {@link #verify} knows.
   */
  boolean overdue() {
    return System.nanoTime() - renewedNanos >= ttl.toNanos();
  }

  /** Gives the lease back. When the database can't be told, the lease ends by its time. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      ScopedValue.where(Deadline.CURRENT, Deadline.in(GIVE_BACK)).run(this::giveBack);
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "The lease " + name + " could not be given back; it ends by itself", e);
    }
  }

  private void giveBack() {
    database.useHandle(handle ->
        handle
            .createUpdate(
                """
                UPDATE lease SET expires_at = '-infinity'
                WHERE name = :name AND fence = :fence AND expires_at > clock_timestamp()
                """)
            .bind("name", name)
            .bind("fence", fence)
            .execute());
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / NANOS_PER_SECOND;
  }

  private static AidbException ended() {
    return new AidbException(
        ErrorCode.CONFLICT, "The right to do this work has ended, or another server has it now");
  }
}
