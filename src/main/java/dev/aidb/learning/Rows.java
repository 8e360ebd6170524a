package dev.aidb.learning;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The rows of what changes of solutions. */
final class Rows {
  static final String STANDING =
      """
       s.value_score, s.base_score, s.outcome, s.outcome_sum, s.outcome_weight, s.feedback_sum,
       s.feedback_weight, s.feedbacks, s.uses, s.last_used_at, s.pinned, s.merged
      """;

  private Rows() {}

  /** Locks solutions in the order of their ids and reads them; those that exist. */
  static Map<UUID, Standing> lock(Handle handle, List<UUID> ids) {
    Map<UUID, Standing> found = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT s.id, "
                + STANDING
                + " FROM solution s WHERE s.id = ANY(:ids) ORDER BY s.id FOR UPDATE")
        .bindArray("ids", UUID.class, ids)
        .map((row, context) -> Map.entry(row.getObject("id", UUID.class), standing(row)))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }

  /** Stores what changed of a solution that the caller has locked. */
  static void save(Handle handle, UUID id, Standing standing) {
    Judgements judgements = standing.judgements();
    handle
        .createUpdate(
            """
            UPDATE solution
            SET value_score = :value, base_score = :base, outcome = :outcome,
                outcome_sum = :outcomeSum, outcome_weight = :outcomeWeight,
                feedback_sum = :feedbackSum, feedback_weight = :feedbackWeight,
                feedbacks = :feedbacks, uses = :uses, last_used_at = CAST(:lastUsedAt AS timestamptz),
                pinned = :pinned, merged = :merged
            WHERE id = :id
            """)
        .bind("id", id)
        .bind("value", standing.value())
        .bind("base", standing.base())
        .bind("outcome", standing.outcome().wireName())
        .bind("outcomeSum", judgements.outcomeSum())
        .bind("outcomeWeight", judgements.outcomeWeight())
        .bind("feedbackSum", judgements.feedbackSum())
        .bind("feedbackWeight", judgements.feedbackWeight())
        .bind("feedbacks", standing.feedbacks())
        .bind("uses", standing.uses())
        .bind(
            "lastUsedAt",
            standing.lastUsedAt().map(at -> at.atOffset(java.time.ZoneOffset.UTC)).orElse(null))
        .bind("pinned", standing.pinned())
        .bind("merged", standing.merged())
        .execute();
  }

  static Standing standing(ResultSet row) throws SQLException {
    OffsetDateTime lastUsed = row.getObject("last_used_at", OffsetDateTime.class);
    return new Standing(
        row.getDouble("value_score"),
        row.getDouble("base_score"),
        Outcome.of(row.getString("outcome")),
        new Judgements(
            row.getDouble("outcome_sum"),
            row.getDouble("outcome_weight"),
            row.getDouble("feedback_sum"),
            row.getDouble("feedback_weight")),
        row.getLong("feedbacks"),
        row.getLong("uses"),
        Optional.ofNullable(lastUsed).map(OffsetDateTime::toInstant),
        row.getBoolean("pinned"),
        row.getLong("merged"));
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
