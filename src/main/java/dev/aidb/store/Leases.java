package dev.aidb.store;

import java.time.Duration;
import java.util.Optional;

/**
 * Rights to do work that one program at a time may do, over all replicas on one database.
 *
 * <p>A lease is a row with the moment at which it ends and a fence: a number that grows with each
 * holder of the name. All times are PostgreSQL's, so the clocks of the replicas don't matter. A
 * holder that slept past the end doesn't know it; what keeps it from doing harm is {@link
 * Lease#verify}, which belongs in each of its transactions.
 *
 * <p>A fence is as durable as any committed row: where a failover may lose commits, it may lose a
 * fence with them.
 */
public final class Leases {
  static final Duration TTL_MIN = Duration.ofMillis(100);
  static final Duration TTL_MAX = Duration.ofDays(1);

  /** In the table's check too. */
  static final int NAME_MAX = 100;

  private final Database database;

  public Leases(Database database) {
    this.database = database;
  }

  /**
   * The lease of that name, unless somebody holds it or a transaction verified by its former holder
   * is still open. Doesn't wait for either.
   *
   * @param name from 1 to 100 characters
   * @param ttl after which it ends unless renewed, from 100 ms to a day
   * @throws dev.aidb.core.AidbException when the database is away, full or busy; the lease may then
   *     be held by nobody until {@code ttl} has passed
   */
  public Optional<Lease> tryAcquire(String name, Duration ttl) {
    if (name.isEmpty() || name.length() > NAME_MAX) {
      throw new IllegalArgumentException("a lease's name has 1 to " + NAME_MAX + " characters");
    }
    if (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("a lease lasts from " + TTL_MIN + " to " + TTL_MAX);
    }
    long asked = System.nanoTime();
    return takeOver(name, ttl)
        .or(() -> takeFirst(name, ttl))
        .map(fence -> new Lease(database, name, fence, ttl, asked));
  }

  /**
   * The lock is stronger than the one of {@link Lease#verify}, so what a holder verified is over
   * before there is another; and it is skipped rather than waited for.
   */
  private Optional<Long> takeOver(String name, Duration ttl) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                UPDATE lease
                SET fence = fence + 1, acquired_at = clock_timestamp(),
                    expires_at = clock_timestamp() + make_interval(secs => :seconds)
                WHERE name = (
                  SELECT name FROM lease
                  WHERE name = :name AND expires_at <= clock_timestamp()
                  FOR UPDATE SKIP LOCKED)
                RETURNING fence
                """)
            .bind("name", name)
            .bind("seconds", Lease.seconds(ttl))
            .mapTo(Long.class)
            .findOne());
  }

  private Optional<Long> takeFirst(String name, Duration ttl) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                INSERT INTO lease (name, fence, acquired_at, expires_at)
                VALUES (:name, 1, clock_timestamp(),
                        clock_timestamp() + make_interval(secs => :seconds))
                ON CONFLICT (name) DO NOTHING
                RETURNING fence
                """)
            .bind("name", name)
            .bind("seconds", Lease.seconds(ttl))
            .mapTo(Long.class)
            .findOne());
  }
}
