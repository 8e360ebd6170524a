package dev.aidb.learning;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The records that were merged into a solution, the latest of them. */
final class Lineage {
  /** So many merges are remembered of a record; all of them are counted. */
  static final int KEPT = 100;

  /** Where a merge came from. */
  enum Source {
    /** The same was learned again. */
    LEARN,
    /** Garbage collection found two records of the same. */
    GC
  }

  /**
   * A record that was merged.
   *
   * @param record its id, under which it has a tombstone; empty for one merged as it was learned
   * @param similarity the cosine of the two queries, 1 for the same text
   * @param value its value
   * @param uses how many times it had been served
   * @param feedbacks how many times something had been told of it
   * @param actor who merged it
   */
  record Ancestor(
      Source source,
      Optional<UUID> record,
      double similarity,
      double value,
      long uses,
      long feedbacks,
      String actor,
      Instant at) {}

  private Lineage() {}

  /** Adds an ancestor; the caller has locked the survivor. */
  static void add(Handle handle, UUID survivor, Ancestor ancestor) {
    handle
        .createUpdate(
            """
            INSERT INTO solution_lineage
                   (survivor, source, record_id, similarity, value_score, uses, feedbacks, actor, at)
            VALUES (:survivor, :source, CAST(:record AS uuid), :similarity, :value, :uses, :feedbacks, :actor, :at)
            """)
        .bind("survivor", survivor)
        .bind("source", ancestor.source.name().toLowerCase(Locale.ROOT))
        .bind("record", ancestor.record.orElse(null))
        .bind("similarity", ancestor.similarity)
        .bind("value", ancestor.value)
        .bind("uses", ancestor.uses)
        .bind("feedbacks", ancestor.feedbacks)
        .bind("actor", ancestor.actor)
        .bind("at", ancestor.at)
        .execute();
  }

  /** Copies the lineages of others to the survivor's, as much of them as can be kept. */
  static void inherit(Handle handle, UUID survivor, List<UUID> fallen) {
    handle
        .createUpdate(
            """
            INSERT INTO solution_lineage
                   (survivor, source, record_id, similarity, value_score, uses, feedbacks, actor, at)
            SELECT :survivor, source, record_id, similarity, value_score, uses, feedbacks, actor, at
            FROM (SELECT * FROM solution_lineage WHERE survivor = ANY(:fallen)
                  ORDER BY at DESC, survivor DESC, sequence DESC LIMIT :kept) latest
            ORDER BY at, latest.survivor, sequence
            """)
        .bind("survivor", survivor)
        .bindArray("fallen", UUID.class, fallen)
        .bind("kept", KEPT)
        .execute();
  }

  /** Forgets the oldest, but for {@link #KEPT}. */
  static void trim(Handle handle, UUID survivor) {
    handle
        .createUpdate(
            """
            DELETE FROM solution_lineage
            WHERE survivor = :survivor
              AND (at, sequence) <= (SELECT at, sequence FROM solution_lineage
                                     WHERE survivor = :survivor
                                     ORDER BY at DESC, sequence DESC OFFSET :kept LIMIT 1)
            """)
        .bind("survivor", survivor)
        .bind("kept", KEPT)
        .execute();
  }

  /** The latest merges first. */
  static List<Ancestor> of(Handle handle, UUID survivor) {
    return handle
        .createQuery(
            """
            SELECT source, record_id, similarity, value_score, uses, feedbacks, actor, at
            FROM solution_lineage WHERE survivor = :survivor
            ORDER BY at DESC, sequence DESC LIMIT :kept
            """)
        .bind("survivor", survivor)
        .bind("kept", KEPT)
        .map((row, context) ->
            new Ancestor(
                Source.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.getObject("record_id", UUID.class)),
                row.getDouble("similarity"),
                row.getDouble("value_score"),
                row.getLong("uses"),
                row.getLong("feedbacks"),
                row.getString("actor"),
                Rows.instant(row, "at")))
        .list();
  }
}
