package dev.aidb.context;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.IdSource;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/**
 * The sessions of all callers, in the database, so that any replica can take the next turn. Each
 * belongs to the caller that began it; to others it doesn't exist. Turns of one session wait for
 * each other.
 */
final class Sessions implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Sessions.class.getName());

  private final Database database;
  private final IdSource ids;
  private final Clock clock;
  private final ContextMetrics metrics;
  private final SessionSettings settings;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread sweeper;

  Sessions(
      Database database,
      IdSource ids,
      Clock clock,
      ContextMetrics metrics,
      SessionSettings settings) {
    this.database = database;
    this.ids = ids;
    this.clock = clock;
    this.metrics = metrics;
    this.settings = settings;
    this.sweeper = Thread.ofVirtual().name("context-sessions").unstarted(this::sweepNowAndThen);
  }

  /** A session as it is stored. */
  record Session(UUID id, Instant createdAt, Instant usedAt, SessionState state) {}

  /** What a step of a session leads to. */
  record Step<T>(SessionState state, T result) {}

  /** Works on a session while its row is locked: must not wait for anything but its handle. */
  @FunctionalInterface
  interface Work<T> {
    Step<T> on(Handle handle, Session session);
  }

  /** Begins to delete sessions that have ended. */
  void start() {
    sweeper.start();
  }

  /** The moment by the sessions' clock. */
  Instant now() {
    return clock.instant();
  }

  /** The moment at which a session ends unless it is used before. */
  Instant endOf(Session session) {
    return session.usedAt.plus(settings.idle());
  }

  /**
   * @throws AidbException NOT_FOUND for one that ended, never was, or is another caller's
   */
  Session find(UUID id, String owner) {
    return database.withHandle(handle -> read(handle, id, owner, "")).orElseThrow(Sessions::none);
  }

  /** Begins a session and does its first step; the caller's oldest goes when it has too many. */
  <T> T begin(String owner, Work<T> work) {
    return database.inTransaction(handle -> {
      Instant now = clock.instant();
      Session session = new Session(ids.next(), now, now, SessionState.NEW);
      Step<T> step = work.on(handle, session);
      handle
          .createUpdate(
              """
              INSERT INTO context_session (id, owner, state, created_at, used_at)
              VALUES (:id, :owner, :state, :now, :now)
              """)
          .bind("id", session.id)
          .bind("owner", owner)
          .bind("state", Json.text(step.state))
          .bind("now", now)
          .execute();
      int displaced =
          handle
              .createUpdate(
                  """
                  DELETE FROM context_session WHERE id IN (
                    SELECT id FROM context_session WHERE id IN (
                      SELECT id FROM context_session WHERE owner = :owner AND id <> :id
                      ORDER BY used_at DESC, id DESC OFFSET :others)
                    FOR UPDATE SKIP LOCKED)
                  """)
              .bind("owner", owner)
              .bind("id", session.id)
              .bind("others", settings.perCaller() - 1)
              .execute();
      metrics.displaced(displaced);
      return step.result;
    });
  }

  /**
   * Does a step of a session, after those that came before.
   *
   * @throws AidbException as {@link #find}
   */
  <T> T go(UUID id, String owner, Work<T> work) {
    return database.inTransaction(handle -> {
      Session session = read(handle, id, owner, "FOR UPDATE").orElseThrow(Sessions::none);
      Step<T> step = work.on(handle, session);
      handle
          .createUpdate("UPDATE context_session SET state = :state, used_at = :now WHERE id = :id")
          .bind("state", Json.text(step.state))
          .bind("now", clock.instant())
          .bind("id", id)
          .execute();
      return step.result;
    });
  }

  /**
   * Ends a session.
   *
   * @throws AidbException as {@link #find}
   */
  void delete(UUID id, String owner) {
    int deleted =
        database.withHandle(handle ->
            handle
                .createUpdate(
                    """
                    DELETE FROM context_session
                    WHERE id = :id AND owner = :owner AND used_at > :since
                    """)
                .bind("id", id)
                .bind("owner", owner)
                .bind("since", since())
                .execute());
    if (deleted == 0) {
      throw none();
    }
    metrics.deleted();
  }

  private Optional<Session> read(Handle handle, UUID id, String owner, String lock) {
    return handle
        .createQuery(
            """
            SELECT id, created_at, used_at, state FROM context_session
            WHERE id = :id AND owner = :owner AND used_at > :since
            """
                + lock)
        .bind("id", id)
        .bind("owner", owner)
        .bind("since", since())
        .map((rs, context) -> session(rs))
        .findOne();
  }

  private static Session session(ResultSet rs) throws SQLException {
    return new Session(
        rs.getObject("id", UUID.class),
        rs.getTimestamp("created_at").toInstant(),
        rs.getTimestamp("used_at").toInstant(),
        Json.mapper().readValue(rs.getString("state"), SessionState.class));
  }

  private Instant since() {
    return clock.instant().minus(settings.idle());
  }

  private static AidbException none() {
    return AidbException.notFound(
        "There is no such session; it may have ended. Leave session_id out to begin another");
  }

  private void sweepNowAndThen() {
    try {
      do {
        try {
          ScopedValue.where(Deadline.CURRENT, Deadline.in(settings.sweepMax())).run(this::sweep);
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "Sessions that have ended are still there", e);
        }
      } while (!closing.await(settings.sweepEvery().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes what has ended and what is too much. */
  void sweep() {
    int deleted;
    do {
      deleted = deleteOldest(settings.sweepBatch(), since());
      metrics.expired(deleted);
    } while (deleted == settings.sweepBatch() && closing.getCount() > 0);
    long left =
        database.withHandle(handle ->
            handle.createQuery("SELECT count(*) FROM context_session").mapTo(long.class).one());
    while (left > settings.total() && closing.getCount() > 0) {
      int most = (int) Math.min(settings.sweepBatch(), left - settings.total());
      int displaced = deleteOldest(most, clock.instant());
      metrics.displaced(displaced);
      left -= Math.max(1, displaced);
    }
    metrics.sessions(left);
  }

  private int deleteOldest(int most, Instant usedUntil) {
    return database.withHandle(handle ->
        handle
            .createUpdate(
                """
                DELETE FROM context_session WHERE id IN (
                  SELECT id FROM context_session WHERE used_at <= :until
                  ORDER BY used_at LIMIT :most FOR UPDATE SKIP LOCKED)
                """)
            .bind("until", usedUntil)
            .bind("most", most)
            .execute());
  }

  @Override
  public void close() {
    closing.countDown();
    if (sweeper.getState() == Thread.State.NEW) {
      return;
    }
    try {
      if (!sweeper.join(settings.sweepMax())) {
        LOG.log(Level.WARNING, "The deletion of sessions did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
