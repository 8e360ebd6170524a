package dev.aidb.audit;

import dev.aidb.guard.AuditEvent;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/** The table {@code audit_event}. */
public final class AuditRows {
  private static final Logger LOG = System.getLogger("dev.aidb.audit");

  /** The 48 bits of a UUIDv7's time, above its version and the lowest of what follows. */
  private static final long VERSION_7 = 0x7000L;

  private static final long VARIANT = 0x8000000000000000L;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final UUID LEAST = new UUID(0, 0);
  private static final UUID GREATEST = new UUID(-1, -1);

  private AuditRows() {}

  /**
   * Which events are wanted.
   *
   * @param before only those before this one
   */
  record Wanted(
      Optional<String> actor,
      Optional<String> action,
      Optional<Instant> since,
      Optional<UUID> before) {}

  /** Adds rows; those that are there already stay as they are. */
  public static void insert(Handle handle, List<AuditRow> rows) {
    PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO audit_event (id, at, actor, action, target, outcome, request_id, details)
            VALUES (:id, :at, :actor, :action, :target, :outcome, :request_id, :details::jsonb)
            ON CONFLICT (id) DO NOTHING
            """);
    for (AuditRow row : rows) {
      AuditEvent event = row.event();
      batch
          .bind("id", row.id())
          .bind("at", row.at())
          .bind("actor", event.actor())
          .bind("action", event.action())
          .bind("target", event.target())
          .bind("outcome", event.outcome().wireName())
          .bind("request_id", event.requestId())
          .bind("details", Json.text(event.details()))
          .add();
    }
    batch.execute();
  }

  /** Writes the event's line into the log. */
  public static void log(AuditEvent event) {
    LOG.log(
        Level.INFO,
        "Audit: {0} {1} {2} by {3}{4}",
        event.action(),
        event.target().isEmpty() ? "-" : event.target(),
        event.outcome().wireName(),
        event.actor(),
        event.details().isEmpty() ? "" : " " + Json.text(event.details()));
  }

  /** The newest events that are wanted, the newest first. */
  static List<AuditRow> page(Database database, Wanted wanted, int limit) {
    Optional<Instant> since = wanted.since().map(AuditRows::within);
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT id, at, actor, action, target, outcome, request_id, details::text
                FROM audit_event
                WHERE (:actor::text IS NULL OR actor = :actor::text)
                  AND (:action::text IS NULL OR action = :action::text)
                  AND at >= :since
                  AND id >= :first
                  AND id < :before
                ORDER BY id DESC
                LIMIT :limit
                """)
            .bind("actor", wanted.actor().orElse(null))
            .bind("action", wanted.action().orElse(null))
            .bind("since", since.orElse(Instant.EPOCH))
            .bind("first", since.map(AuditRows::firstIdOf).orElse(LEAST))
            .bind("before", wanted.before().orElse(GREATEST))
            .bind("limit", limit)
            .map(AuditRows::row)
            .list());
  }

  /** The nearest moment that an id and PostgreSQL can hold. */
  private static Instant within(Instant moment) {
    if (moment.isBefore(Instant.EPOCH)) {
      return Instant.EPOCH;
    }
    return moment.isAfter(LATEST) ? LATEST : moment;
  }

  /**
   * The least id of that moment, so that the primary key bounds the scan: an event's id is drawn
   * after its time is taken.
   */
  private static UUID firstIdOf(Instant moment) {
    return new UUID((moment.toEpochMilli() << 16) | VERSION_7, VARIANT);
  }

  @SuppressWarnings("unchecked")
  private static AuditRow row(ResultSet row, StatementContext context) throws SQLException {
    return new AuditRow(
        row.getObject("id", UUID.class),
        row.getObject("at", java.time.OffsetDateTime.class).toInstant(),
        new AuditEvent(
            row.getString("actor"),
            row.getString("action"),
            row.getString("target"),
            AuditEvent.Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
            row.getString("request_id"),
            Json.mapper().readValue(row.getString("details"), Map.class)));
  }
}
