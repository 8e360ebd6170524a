package dev.aidb.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The log of changed records that projections follow.
 *
 * <p>Entries are ordered by (transaction id, sequence). Overlapping transactions commit in another
 * order than they began, so a reading ends below the oldest transaction still open anywhere in the
 * server ({@code pg_snapshot_xmin}): whatever lies below that is final, and a follower's position
 * can't pass over an entry that becomes visible later.
 *
 * <p>A logical copy into another server doesn't keep transaction ids; it must start with an empty
 * log and a new generation.
 */
public final class ChangeLog {
  /** Entries deleted in one transaction by {@link #trim}. */
  private static final int TRIM_BATCH = 10_000;

  private static final int LAG_COUNT_MAX = 100_000;

  private final Database database;

  public ChangeLog(Database database) {
    this.database = database;
  }

  /** A record that changed, and the version its row now has. */
  public record Entry(String collection, UUID recordId, long version) {}

  /**
   * How far a position is behind.
   *
   * @param entries entries after it that can be read, counted to 100,000 at most
   * @param age the age of the oldest of them, zero when there is none
   */
  public record Lag(long entries, Duration age) {}

  /** Adds entries in the caller's transaction, by one statement. */
  public void append(Handle handle, List<Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    handle
        .createUpdate(
            """
            INSERT INTO change_log (collection, record_id, version)
            SELECT * FROM unnest(:collections, :ids, :versions)
            """)
        .bindArray("collections", String.class, entries.stream().map(Entry::collection).toList())
        .bindArray("ids", UUID.class, entries.stream().map(Entry::recordId).toList())
        .bindArray("versions", Long.class, entries.stream().map(Entry::version).toList())
        .execute();
  }

  /** When some records were last logged; those that the log tells nothing of, or no more, lack. */
  public Map<UUID, Instant> lastLogged(Handle handle, List<UUID> records) {
    Map<UUID, Instant> last = new HashMap<>();
    handle
        .createQuery(
            """
            SELECT record_id, max(created_at) AS created_at FROM change_log
            WHERE record_id = ANY(:records) GROUP BY record_id
            """)
        .bindArray("records", UUID.class, records)
        .map((row, context) ->
            Map.entry(
                row.getObject(1, UUID.class),
                row.getObject(2, java.time.OffsetDateTime.class).toInstant()))
        .forEach(each -> last.put(each.getKey(), each.getValue()));
    return last;
  }

  /**
   * The entries after a position that are final, at most that many.
   *
   * <p>Entries and floor are read in one snapshot, so a trim at the same time is either not seen or
   * told.
   */
  public LogPage read(LogPosition after, int limit) {
    return database.withHandle(handle -> {
      List<Line> lines =
          handle
              .createQuery(
                  """
                  SELECT s.floor_xid::text::bigint AS floor_xid, s.floor_sequence,
                         l.xid::text::bigint AS xid, l.sequence, l.collection, l.record_id,
                         l.version, l.created_at
                  FROM change_log_state s LEFT JOIN (
                    SELECT * FROM change_log
                    WHERE (xid, sequence) > (CAST(:xid AS text)::xid8, :sequence)
                      AND xid < pg_snapshot_xmin(pg_current_snapshot())
                    ORDER BY xid, sequence
                    LIMIT :limit) l ON true
                  ORDER BY l.xid, l.sequence
                  """)
              .bind("xid", Long.toString(after.xid()))
              .bind("sequence", after.sequence())
              .bind("limit", limit)
              .map(Line::read)
              .list();
      LogPosition floor = lines.getFirst().floor();
      if (after.compareTo(floor) < 0) {
        return new LogPage.BelowFloor(floor);
      }
      return new LogPage.Entries(lines.stream().flatMap(l -> l.logged().stream()).toList());
    });
  }

  /** A row of a reading: the floor, and an entry unless there is none. */
  private record Line(LogPosition floor, List<LogPage.Logged> logged) {
    static Line read(ResultSet row, StatementContext context) throws SQLException {
      LogPosition floor = new LogPosition(row.getLong("floor_xid"), row.getLong("floor_sequence"));
      UUID id = row.getObject("record_id", UUID.class);
      if (id == null) {
        return new Line(floor, List.of());
      }
      LogPosition position = new LogPosition(row.getLong("xid"), row.getLong("sequence"));
      Instant created = row.getObject("created_at", java.time.OffsetDateTime.class).toInstant();
      return new Line(
          floor,
          List.of(
              new LogPage.Logged(
                  position, row.getString("collection"), id, row.getLong("version"), created)));
    }
  }

  /**
   * The position that everything committed by now and final lies at or below: where a rebuild that
   * starts after this call may resume the log.
   */
  public LogPosition head() {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                (SELECT xid::text::bigint AS xid, sequence FROM change_log
                 WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
                 ORDER BY change_log.xid DESC, sequence DESC
                 LIMIT 1)
                UNION ALL
                SELECT floor_xid::text::bigint, floor_sequence FROM change_log_state
                ORDER BY xid DESC, sequence DESC
                LIMIT 1
                """)
            .map((row, context) -> new LogPosition(row.getLong(1), row.getLong(2)))
            .one());
  }

  /** How far a follower at that position is behind. */
  public Lag lag(LogPosition after) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT count(*) AS entries,
                       coalesce(extract(epoch FROM now() - min(created_at)), 0) AS age_s
                FROM (
                  SELECT created_at FROM change_log
                  WHERE (xid, sequence) > (CAST(:xid AS text)::xid8, :sequence)
                    AND xid < pg_snapshot_xmin(pg_current_snapshot())
                  ORDER BY xid, sequence
                  LIMIT :limit) behind
                """)
            .bind("xid", Long.toString(after.xid()))
            .bind("sequence", after.sequence())
            .bind("limit", LAG_COUNT_MAX)
            .map((row, context) ->
                new Lag(
                    row.getLong("entries"),
                    Duration.ofMillis(Math.max(0, (long) (row.getDouble("age_s") * 1000)))))
            .one());
  }

  /**
   * Which database this log belongs to: a restored physical copy keeps it. Positions of one
   * generation mean nothing in another.
   */
  public String generation() {
    return database.withHandle(handle ->
        handle
            .createQuery("SELECT generation::text FROM change_log_state")
            .mapTo(String.class)
            .one());
  }

  /** Says how far a node has come; the log isn't cut above that while the node is seen. */
  public void follow(UUID node, LogPosition position) {
    database.useHandle(handle ->
        handle
            .createUpdate(
                """
                INSERT INTO index_follower (node, xid, sequence)
                VALUES (:node, CAST(:xid AS text)::xid8, :sequence)
                ON CONFLICT (node) DO UPDATE
                SET xid = excluded.xid, sequence = excluded.sequence, seen_at = now()
                """)
            .bind("node", node)
            .bind("xid", Long.toString(position.xid()))
            .bind("sequence", position.sequence())
            .execute());
  }

  /**
   * Removes what every follower seen lately has passed, in batches; without one, what is older than
   * that. Followers not seen for so long are forgotten: they are told to rebuild when they come
   * back.
   *
   * @param followersSeenWithin how long a silent follower is waited for
   * @return how many entries were removed
   */
  public long trim(Duration followersSeenWithin) {
    return trim(followersSeenWithin, Long.MAX_VALUE);
  }

  /**
   * As {@link #trim(Duration)}, but ends after the batch with which that many entries are removed.
   */
  public long trim(Duration followersSeenWithin, long most) {
    Instant since = Instant.now().minus(followersSeenWithin);
    raiseFloor(since);
    long removed = 0;
    int batch;
    do {
      batch = database.withHandle(ChangeLog::removeBatch);
      removed += batch;
    } while (batch == TRIM_BATCH && removed < most);
    return removed;
  }

  /** The floor is committed before anything is removed, so no reading misses entries in silence. */
  private void raiseFloor(Instant since) {
    database.useTransaction(handle -> {
      handle
          .createUpdate("DELETE FROM index_follower WHERE seen_at < :since")
          .bind("since", since)
          .execute();
      handle
          .createUpdate(
              """
              UPDATE change_log_state s
              SET floor_xid = low.xid, floor_sequence = low.sequence
              FROM (
                SELECT xid, sequence FROM (
                  (SELECT xid, sequence FROM index_follower ORDER BY xid, sequence LIMIT 1)
                  UNION ALL
                  (SELECT xid, sequence FROM change_log
                   WHERE NOT EXISTS (SELECT FROM index_follower)
                     AND created_at < :since
                     AND xid < pg_snapshot_xmin(pg_current_snapshot())
                   ORDER BY xid DESC, sequence DESC
                   LIMIT 1)) either) low
              WHERE (s.floor_xid, s.floor_sequence) < (low.xid, low.sequence)
              """)
          .bind("since", since)
          .execute();
    });
  }

  private static int removeBatch(Handle handle) {
    return handle
        .createUpdate(
            """
            DELETE FROM change_log l
            USING (
              SELECT c.xid, c.sequence
              FROM change_log c, change_log_state s
              WHERE (c.xid, c.sequence) <= (s.floor_xid, s.floor_sequence)
              ORDER BY c.xid, c.sequence
              LIMIT :batch) dead
            WHERE l.xid = dead.xid AND l.sequence = dead.sequence
            """)
        .bind("batch", TRIM_BATCH)
        .execute();
  }
}
