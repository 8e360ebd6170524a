package dev.aidb.issues;

import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The tables {@code issue} and {@code issue_hour}. */
final class IssueRows {
  static final String COLUMNS =
      "id, fingerprint, severity, category, component, error_type, message, template, stack,"
          + " context::text AS context, status, occurrences, first_seen, last_seen, resolution,"
          + " opened_at, closed_at";

  /** For lists: the stack and the context can be large. */
  static final String BRIEF =
      COLUMNS
          .replace(" stack,", " NULL::text AS stack,")
          .replace("context::text AS context", "'{}'::text AS context");

  private static final UUID GREATEST = new UUID(-1, -1);

  private final Database database;

  IssueRows(Database database) {
    this.database = database;
  }

  /** An issue after an occurrence, and whether that was its first. */
  record Counted(Issue issue, boolean created) {}

  /**
   * Which issues are wanted.
   *
   * @param before only those with a lesser id
   */
  record Wanted(
      Optional<Status> status,
      Optional<Severity> severity,
      Optional<Category> category,
      Optional<String> component,
      Optional<UUID> before) {}

  /** An issue with what it is found by. */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to a sum, never compared
  record Resolved(Issue issue, float[] embedding) {}

  /**
   * Counts occurrences, in one statement and so exactly, however many do so at once. An issue that
   * was resolved is open again, with what is known of this occurrence; in any other status it keeps
   * what somebody decided.
   *
   * @param id of the issue, should it be new
   */
  Counted count(Sighting sighting, UUID id) {
    IssueReport report = sighting.report();
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                WITH counted AS (
                  INSERT INTO issue AS known (id, fingerprint, severity, category, component, error_type, message,
                      template, stack, context, status, occurrences, first_seen, last_seen, opened_at)
                  VALUES (:id, :fingerprint, :severity, :category, :component, :error_type, :message,
                      :template, :stack, :context::jsonb, 'open', :occurrences, :at, :at, :at)
                  ON CONFLICT (fingerprint) DO UPDATE SET
                      occurrences = known.occurrences + excluded.occurrences,
                      first_seen = least(known.first_seen, excluded.first_seen),
                      last_seen = greatest(known.last_seen, excluded.last_seen),
                      status = CASE known.status WHEN 'resolved' THEN 'open' ELSE known.status END,
                      message = CASE known.status WHEN 'resolved' THEN excluded.message ELSE known.message END,
                      stack = CASE known.status WHEN 'resolved' THEN excluded.stack ELSE known.stack END,
                      context = CASE known.status WHEN 'resolved' THEN excluded.context ELSE known.context END,
                      opened_at = CASE known.status WHEN 'resolved' THEN excluded.opened_at ELSE known.opened_at END,
                      closed_at = CASE known.status WHEN 'resolved' THEN NULL ELSE known.closed_at END,
                      model = CASE known.status WHEN 'resolved' THEN NULL ELSE known.model END,
                      embedding = CASE known.status WHEN 'resolved' THEN NULL ELSE known.embedding END
                  RETURNING *
                ), history AS (
                  INSERT INTO issue_hour AS known (issue_id, hour, occurrences, fives)
                  SELECT id, :hour, :occurrences, :fives FROM counted
                  ON CONFLICT (issue_id, hour) DO UPDATE SET
                      occurrences = known.occurrences + excluded.occurrences,
                      fives = known.fives | excluded.fives
                )
                SELECT %s FROM counted
                """
                    .formatted(COLUMNS))
            .bind("id", id)
            .bind("fingerprint", sighting.fingerprint())
            .bind("severity", report.severity().wireName())
            .bind("category", report.category().wireName())
            .bind("component", report.component())
            .bind("error_type", report.errorType())
            .bind("message", report.message())
            .bind("template", sighting.template())
            .bind("stack", report.stack().orElse(null))
            .bind("context", Json.text(report.context()))
            .bind("occurrences", sighting.occurrences())
            .bind("at", sighting.at())
            .bind("hour", History.hourOf(sighting.at()))
            .bind("fives", (short) History.bitOf(sighting.at()))
            .map((row, context) -> {
              Issue issue = row(row, context);
              return new Counted(issue, issue.id().equals(id));
            })
            .one());
  }

  Optional<Issue> find(UUID id) {
    return database.withHandle(handle -> find(handle, id, ""));
  }

  /** The issue with its row locked until the transaction ends. */
  static Optional<Issue> lock(Handle handle, UUID id) {
    return find(handle, id, " FOR NO KEY UPDATE");
  }

  private static Optional<Issue> find(Handle handle, UUID id, String locking) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM issue WHERE id = :id" + locking)
        .bind("id", id)
        .map(IssueRows::row)
        .findOne();
  }

  /** Issues without stack and context, the latest first seen first. */
  List<Issue> page(Wanted wanted, int limit) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT %s FROM issue
                WHERE id < :before
                  AND (:status::text IS NULL OR status = :status::text)
                  AND (:severity::text IS NULL OR severity = :severity::text)
                  AND (:category::text IS NULL OR category = :category::text)
                  AND (:component::text IS NULL OR component = :component::text)
                ORDER BY id DESC
                LIMIT :limit
                """
                    .formatted(BRIEF))
            .bind("before", wanted.before().orElse(GREATEST))
            .bind("status", wanted.status().map(Status::wireName).orElse(null))
            .bind("severity", wanted.severity().map(Severity::wireName).orElse(null))
            .bind("category", wanted.category().map(Category::wireName).orElse(null))
            .bind("component", wanted.component().orElse(null))
            .bind("limit", limit)
            .map(IssueRows::row)
            .list());
  }

  /** Writes what a person may change; the row is locked by {@link #lock}. */
  static void change(Handle handle, Issue issue) {
    handle
        .createUpdate(
            """
            UPDATE issue SET severity = :severity, category = :category, status = :status, resolution = :resolution,
                opened_at = :opened, closed_at = :closed, model = NULL, embedding = NULL
            WHERE id = :id
            """)
        .bind("id", issue.id())
        .bind("severity", issue.severity().wireName())
        .bind("category", issue.category().wireName())
        .bind("status", issue.status().wireName())
        .bind("resolution", issue.resolution().orElse(null))
        .bind("opened", issue.openedAt())
        .bind("closed", issue.closedAt().orElse(null))
        .execute();
  }

  Map<Severity, Long> active() {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT severity, count(*) FROM issue
                WHERE status IN ('open', 'investigating', 'in_progress')
                GROUP BY severity
                """)
            .reduceRows(
                new EnumMap<Severity, Long>(Severity.class),
                (counts, row) -> {
                  counts.put(
                      Severity.of(row.getColumn(1, String.class)), row.getColumn(2, Long.class));
                  return counts;
                }));
  }

  /**
   * Deletes closed issues that were neither closed nor seen since.
   *
   * @return how many, at most {@code limit}
   */
  int deleteClosedBefore(Instant moment, int limit) {
    return database.withHandle(handle ->
        handle
            .createUpdate(
                """
                DELETE FROM issue WHERE id IN (
                  SELECT id FROM issue
                  WHERE status IN ('resolved', 'wont_fix', 'duplicate')
                    AND closed_at < :moment AND last_seen < :moment
                  ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
                """)
            .bind("moment", moment)
            .bind("limit", limit)
            .execute());
  }

  /**
   * Deletes history of before.
   *
   * @return how many hours, at most {@code limit}
   */
  int deleteHistoryBefore(Instant moment, int limit) {
    return database.withHandle(handle ->
        handle
            .createUpdate(
                """
                DELETE FROM issue_hour WHERE (issue_id, hour) IN (
                  SELECT issue_id, hour FROM issue_hour WHERE hour < :moment
                  ORDER BY hour LIMIT :limit FOR UPDATE SKIP LOCKED)
                """)
            .bind("moment", moment)
            .bind("limit", limit)
            .execute());
  }

  /** Resolved issues that tell how, but have no embedding by this model. */
  List<Issue> withoutEmbedding(String model, int limit) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT %s FROM issue
                WHERE status = 'resolved' AND resolution IS NOT NULL AND model IS DISTINCT FROM :model
                ORDER BY id DESC LIMIT :limit
                """
                    .formatted(COLUMNS))
            .bind("model", model)
            .bind("limit", limit)
            .map(IssueRows::row)
            .list());
  }

  /** Keeps an embedding, unless the issue isn't resolved any more. */
  void embed(UUID id, String model, float[] embedding) {
    database.useHandle(handle ->
        handle
            .createUpdate(
                "UPDATE issue SET model = :model, embedding = :embedding WHERE id = :id AND status = 'resolved'")
            .bind("id", id)
            .bind("model", model)
            .bind("embedding", Vectors.toBytes(embedding))
            .execute());
  }

  /** The latest resolved issues that have an embedding by this model. */
  List<Resolved> resolved(String model, int limit) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT %s, embedding FROM issue
                WHERE status = 'resolved' AND resolution IS NOT NULL AND model = :model
                ORDER BY id DESC LIMIT :limit
                """
                    .formatted(COLUMNS))
            .bind("model", model)
            .bind("limit", limit)
            .map((row, context) ->
                new Resolved(row(row, context), Vectors.fromBytes(row.getBytes("embedding"))))
            .list());
  }

  static Issue row(ResultSet row, StatementContext context) throws SQLException {
    return new Issue(
        row.getObject("id", UUID.class),
        row.getString("fingerprint"),
        Severity.of(row.getString("severity")),
        Category.of(row.getString("category")),
        row.getString("component"),
        row.getString("error_type"),
        row.getString("message"),
        row.getString("template"),
        Optional.ofNullable(row.getString("stack")),
        Json.readObject(row.getString("context")),
        Status.of(row.getString("status")),
        row.getLong("occurrences"),
        moment(row.getObject("first_seen", OffsetDateTime.class)),
        moment(row.getObject("last_seen", OffsetDateTime.class)),
        Optional.ofNullable(row.getString("resolution")),
        moment(row.getObject("opened_at", OffsetDateTime.class)),
        Optional.ofNullable(row.getObject("closed_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant));
  }

  private static Instant moment(@Nullable OffsetDateTime column) {
    return column == null ? Instant.EPOCH : column.toInstant();
  }
}
