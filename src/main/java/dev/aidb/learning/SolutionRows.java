package dev.aidb.learning;

import dev.aidb.documents.ReservedPaths;
import dev.aidb.documents.Status;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The SQL of whole solutions. */
final class SolutionRows {
  /** Known to this program alone; "solution" as a number. */
  private static final long ORDER_OF_INSERTS = 0x736f_6c75_7469_6f6eL;

  private final Database database;

  SolutionRows(Database database) {
    this.database = database;
  }

  /**
   * Waits until no other insert of any node is under way, and keeps others away until the commit.
   */
  void awaitTurn(Handle handle) {
    handle.execute("SELECT pg_advisory_xact_lock(?)", ORDER_OF_INSERTS);
  }

  /** The solution with the same normal texts. */
  Optional<UUID> identical(byte[] digest) {
    return database.withHandle(handle -> identical(handle, digest));
  }

  Optional<UUID> identical(Handle handle, byte[] digest) {
    return handle
        .createQuery("SELECT id FROM solution WHERE digest = :digest")
        .bind("digest", digest)
        .map((row, context) -> row.getObject(1, UUID.class))
        .findOne();
  }

  /**
   * Stores a solution with its document and its chunk, and logs the change.
   *
   * @return the chunk's version; empty when there is an identical one, and then the transaction has
   *     to be rolled back
   */
  OptionalLong insert(Handle handle, Lesson lesson, Worth worth, float[] vector) {
    Standing standing =
        Standing.first(worth.value(), worth.base(), lesson.outcome(), lesson.feedback());
    Judgements judgements = standing.judgements();
    return handle
        .createQuery(
            """
            WITH page AS (
              INSERT INTO document (id, collection, project, path, title, content, content_type,
                                    metadata, status, checksum, created_at, updated_at)
              VALUES (:id, :collection, :project, :path, :query, :solution, 'text/markdown',
                      :metadata::jsonb, :status, :digest, :at, :at)
              RETURNING id
            ), own AS (
              INSERT INTO solution (id, digest, value_score, base_score, reusability, complexity,
                                    novelty, outcome, outcome_sum, outcome_weight, feedback_sum,
                                    feedback_weight, feedbacks, learned_by, created_at)
              SELECT id, :digest, :value, :base, CAST(:reusability AS float8), CAST(:complexity AS float8), CAST(:novelty AS float8), :outcome,
                     :outcomeSum, :outcomeWeight, :feedbackSum, :feedbackWeight, :feedbacks,
                     :learnedBy, :at
              FROM page
              ON CONFLICT (digest) DO NOTHING
              RETURNING id
            ), part AS (
              INSERT INTO chunk (id, document_id, chunk, content, embedding, version, created_at)
              SELECT id, id, '0', :solution, :embedding, nextval('record_version'), :at FROM page
              RETURNING id, version
            ), logged AS (
              INSERT INTO change_log (collection, record_id, version)
              SELECT :collection, id, version FROM part
            )
            SELECT part.version FROM part JOIN own ON own.id = part.id
            """)
        .bind("id", lesson.id())
        .bind("collection", ReservedPaths.SOLUTIONS_COLLECTION)
        .bind("project", lesson.project())
        .bind("path", ReservedPaths.SOLUTIONS + lesson.id())
        .bind("query", lesson.query())
        .bind("solution", lesson.solution())
        .bind("metadata", Json.text(lesson.metadata()))
        .bind("status", lesson.status().wireName())
        .bind("digest", lesson.digest())
        .bind("at", lesson.at())
        .bind("value", standing.value())
        .bind("base", standing.base())
        .bind("reusability", worth.parts().map(Worth.Parts::reusability).orElse(null))
        .bind("complexity", worth.parts().map(Worth.Parts::complexity).orElse(null))
        .bind("novelty", worth.parts().map(Worth.Parts::novelty).orElse(null))
        .bind("outcome", standing.outcome().wireName())
        .bind("outcomeSum", judgements.outcomeSum())
        .bind("outcomeWeight", judgements.outcomeWeight())
        .bind("feedbackSum", judgements.feedbackSum())
        .bind("feedbackWeight", judgements.feedbackWeight())
        .bind("feedbacks", standing.feedbacks())
        .bind("learnedBy", lesson.learnedBy())
        .bind("embedding", Vectors.toBytes(vector))
        .mapTo(Long.class)
        .findOne()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** Locks a solution's document and tells its status; empty when there is none. */
  Optional<Status> lockDocument(Handle handle, UUID id) {
    return handle
        .createQuery("SELECT status FROM document WHERE id = :id FOR NO KEY UPDATE")
        .bind("id", id)
        .mapTo(String.class)
        .findOne()
        .map(Status::of);
  }

  /** Whether there is such a solution; it is pinned then, or no longer. */
  boolean pin(UUID id, boolean pinned) {
    return database.withHandle(handle ->
        handle
                .createUpdate("UPDATE solution SET pinned = :pinned WHERE id = :id")
                .bind("pinned", pinned)
                .bind("id", id)
                .execute()
            == 1);
  }

  Optional<Solution> find(UUID id) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                "SELECT d.title, d.content, d.project, d.metadata::text AS metadata, d.status,"
                    + " s.reusability, s.complexity, s.novelty, s.learned_by, s.created_at, "
                    + Rows.STANDING
                    + " FROM solution s JOIN document d ON d.id = s.id WHERE s.id = :id")
            .bind("id", id)
            .map((row, context) -> solution(id, row, Lineage.of(handle, id)))
            .findOne());
  }

  private static Solution solution(UUID id, ResultSet row, List<Lineage.Ancestor> lineage)
      throws SQLException {
    double reusability = row.getDouble("reusability");
    Optional<Worth.Parts> parts =
        row.wasNull()
            ? Optional.empty()
            : Optional.of(
                new Worth.Parts(
                    reusability, row.getDouble("complexity"), row.getDouble("novelty")));
    return new Solution(
        id,
        row.getString("title"),
        row.getString("content"),
        row.getString("project"),
        Json.readObject(row.getString("metadata")),
        Status.of(row.getString("status")),
        Rows.standing(row),
        parts,
        row.getString("learned_by"),
        Rows.instant(row, "created_at"),
        lineage);
  }
}
