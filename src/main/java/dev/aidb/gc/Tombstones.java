package dev.aidb.gc;

import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * What is left of removed solutions: their rows as they were, in the tables {@code tombstone} and
 * {@code tombstone_chunk}.
 */
final class Tombstones {
  private final Database database;
  private final ChangeLog log;

  Tombstones(Database database, ChangeLog log) {
    this.database = database;
    this.log = log;
  }

  /** Copies solutions with all that belongs to them; they are locked, and about to be deleted. */
  void bury(Handle handle, UUID run, List<Item> items, Instant now) {
    List<UUID> ids = items.stream().map(Item::record).toList();
    handle
        .createUpdate(
            """
            INSERT INTO tombstone (id, run_id, reason, survivor, removed_at, document, solution, lineage)
            SELECT d.id, i.run_id, i.reason, i.survivor, :now, to_jsonb(d) - 'path_digest', to_jsonb(s),
                   coalesce((SELECT jsonb_agg(to_jsonb(l) - 'sequence' ORDER BY l.sequence)
                             FROM solution_lineage l WHERE l.survivor = d.id), '[]')
            FROM gc_item i JOIN document d ON d.id = i.record_id JOIN solution s ON s.id = d.id
            WHERE i.run_id = :run AND i.number = ANY(:numbers)
            """)
        .bind("now", now)
        .bind("run", run)
        .bindArray("numbers", Integer.class, items.stream().map(Item::number).toList())
        .execute();
    handle
        .createUpdate(
            """
            INSERT INTO tombstone_chunk (id, document_id, chunk, content, metadata, embedding, version, created_at)
            SELECT id, document_id, chunk, content, metadata, embedding, version, created_at
            FROM chunk WHERE document_id = ANY(:ids)
            """)
        .bindArray("ids", UUID.class, ids)
        .execute();
  }

  /** Deletes solutions whose rows are locked, and logs it; the versions of their chunks. */
  Map<UUID, Long> delete(Handle handle, List<UUID> ids) {
    Map<UUID, Long> versions = new HashMap<>();
    handle
        .createQuery(
            """
            DELETE FROM chunk WHERE document_id = ANY(:ids) RETURNING id, nextval('record_version')
            """)
        .bindArray("ids", UUID.class, ids)
        .map((row, context) -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
        .forEach(each -> versions.put(each.getKey(), each.getValue()));
    handle
        .createUpdate("DELETE FROM document WHERE id = ANY(:ids)")
        .bindArray("ids", UUID.class, ids)
        .execute();
    logged(handle, versions);
    return versions;
  }

  private void logged(Handle handle, Map<UUID, Long> versions) {
    List<ChangeLog.Entry> entries = new ArrayList<>(versions.size());
    versions.forEach(
        (id, version) -> entries.add(new ChangeLog.Entry(Plan.COLLECTION, id, version)));
    log.append(handle, entries);
  }

  /** The records that a run removed and that can be brought back. */
  List<UUID> of(UUID run) {
    return database.withHandle(handle ->
        handle
            .createQuery("SELECT id FROM tombstone WHERE run_id = :run ORDER BY id")
            .bind("run", run)
            .mapTo(UUID.class)
            .list());
  }

  /**
   * A record that is back.
   *
   * @param reason why it had been removed
   * @param versions of its chunks
   */
  record Returned(UUID id, Reason reason, Map<UUID, Long> versions) {}

  /**
   * Locks the solutions that returning duplicates take something back from, in the order of their
   * ids, in which everybody locks.
   */
  void lockSurvivors(Handle handle, List<UUID> ids) {
    var unused =
        handle
            .createQuery(
                """
                SELECT id FROM solution
                WHERE id IN (SELECT survivor FROM tombstone WHERE id = ANY(:ids))
                ORDER BY id FOR UPDATE
                """)
            .bindArray("ids", UUID.class, ids)
            .mapTo(UUID.class)
            .list();
  }

  /**
   * Puts a record's rows back as they were, with new versions, unless something has their place
   * now; then its tombstone stays.
   *
   * @param pin whether it is pinned too
   */
  Optional<Returned> restore(Handle handle, UUID id, boolean pin) {
    Optional<Reason> reason =
        handle
            .createQuery("SELECT reason FROM tombstone WHERE id = :id FOR UPDATE")
            .bind("id", id)
            .map((row, context) -> Reason.of(row.getString(1)))
            .findOne();
    if (reason.isEmpty() || !rowsRestored(handle, id)) {
      return Optional.empty();
    }
    if (pin) {
      handle
          .createUpdate("UPDATE solution SET pinned = true WHERE id = :id")
          .bind("id", id)
          .execute();
    }
    returnInheritance(handle, id);
    Map<UUID, Long> versions = chunksRestored(handle, id);
    handle.createUpdate("DELETE FROM tombstone WHERE id = :id").bind("id", id).execute();
    logged(handle, versions);
    return Optional.of(new Returned(id, reason.get(), versions));
  }

  private static boolean rowsRestored(Handle handle, UUID id) {
    int documents =
        handle
            .createUpdate(
                """
                INSERT INTO document (id, collection, project, path, title, content, content_type, metadata,
                                      source_url, status, checksum, created_at, updated_at)
                SELECT d.id, d.collection, d.project, d.path, d.title, d.content, d.content_type, d.metadata,
                       d.source_url, d.status, d.checksum, d.created_at, d.updated_at
                FROM tombstone t, jsonb_populate_record(NULL::document, t.document) d
                WHERE t.id = :id
                ON CONFLICT DO NOTHING
                """)
            .bind("id", id)
            .execute();
    if (documents == 0) {
      return false;
    }
    int solutions =
        handle
            .createUpdate(
                """
                INSERT INTO solution
                SELECT s.* FROM tombstone t, jsonb_populate_record(NULL::solution, t.solution) s
                WHERE t.id = :id
                ON CONFLICT DO NOTHING
                """)
            .bind("id", id)
            .execute();
    if (solutions == 0) {
      handle.createUpdate("DELETE FROM document WHERE id = :id").bind("id", id).execute();
      return false;
    }
    handle
        .createUpdate(
            """
            INSERT INTO solution_lineage (survivor, source, record_id, similarity, value_score, uses, feedbacks, actor, at)
            SELECT l.survivor, l.source, l.record_id, l.similarity, l.value_score, l.uses, l.feedbacks, l.actor, l.at
            FROM tombstone t, jsonb_array_elements(t.lineage) WITH ORDINALITY e (element, place),
                 jsonb_populate_record(NULL::solution_lineage, e.element) l
            WHERE t.id = :id
            ORDER BY e.place
            """)
        .bind("id", id)
        .execute();
    return true;
  }

  private static Map<UUID, Long> chunksRestored(Handle handle, UUID id) {
    Map<UUID, Long> versions = new HashMap<>();
    handle
        .createQuery(
            """
            INSERT INTO chunk (id, document_id, chunk, content, metadata, embedding, version, created_at)
            SELECT id, document_id, chunk, content, metadata, embedding, nextval('record_version'), created_at
            FROM tombstone_chunk WHERE document_id = :id
            RETURNING id, version
            """)
        .bind("id", id)
        .map((row, context) -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
        .forEach(each -> versions.put(each.getKey(), each.getValue()));
    return versions;
  }

  /**
   * Takes from the survivor of a duplicate what can be counted: uses, feedbacks and merges. Its
   * value and the sums of its judgements stay, which fade by themselves and can't be told apart any
   * more.
   */
  private static void returnInheritance(Handle handle, UUID id) {
    handle
        .createUpdate(
            """
            UPDATE solution survivor
            SET uses = greatest(0, survivor.uses - fallen.uses),
                feedbacks = greatest(0, survivor.feedbacks - fallen.feedbacks),
                merged = greatest(0, survivor.merged - fallen.merged - 1)
            FROM tombstone t, jsonb_populate_record(NULL::solution, t.solution) fallen
            WHERE t.id = :id AND survivor.id = t.survivor
            """)
        .bind("id", id)
        .execute();
    handle
        .createUpdate(
            """
            DELETE FROM solution_lineage l USING tombstone t
            WHERE t.id = :id AND l.survivor = t.survivor AND l.record_id = t.id AND l.source = 'gc'
            """)
        .bind("id", id)
        .execute();
  }

  /** What is known of records that could not be brought back. */
  Map<UUID, Outcome> outcomes(Handle handle, List<UUID> ids) {
    Set<UUID> buried =
        new HashSet<>(
            handle
                .createQuery("SELECT id FROM tombstone WHERE id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .list());
    Set<UUID> there =
        new HashSet<>(
            handle
                .createQuery("SELECT id FROM solution WHERE id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .list());
    Set<String> forgotten =
        new HashSet<>(
            handle
                .createQuery(
                    """
                    SELECT DISTINCT target FROM audit_event
                    WHERE action = 'solution.forget' AND target = ANY(:ids)
                    """)
                .bindArray("ids", String.class, ids.stream().map(UUID::toString).toList())
                .mapTo(String.class)
                .list());
    Map<UUID, Outcome> outcomes = new HashMap<>();
    for (UUID id : ids) {
      if (buried.contains(id)) {
        outcomes.put(id, Outcome.CONFLICT);
      } else if (!there.contains(id) && forgotten.contains(id.toString())) {
        outcomes.put(id, Outcome.PURGED);
      } else {
        outcomes.put(id, Outcome.UNKNOWN);
      }
    }
    return outcomes;
  }

  /** Forgets for good what was removed before a moment, at most so many; how many it were. */
  int purge(Handle handle, Instant before, int most) {
    return handle
        .createUpdate(
            """
            DELETE FROM tombstone WHERE id IN (
              SELECT id FROM tombstone WHERE removed_at <= :before ORDER BY removed_at, id LIMIT :most)
            """)
        .bind("before", before)
        .bind("most", most)
        .execute();
  }
}
