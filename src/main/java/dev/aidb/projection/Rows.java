package dev.aidb.projection;

import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.statement.Query;

/** Reads the rows that the index is made from. Only rows of approved documents are searchable. */
final class Rows {
  /**
   * A document's metadata can be large and its chunks many: it comes with the first of them only.
   */
  private static final String COLUMNS =
      """
      SELECT c.id, c.version, c.content, c.metadata::text AS chunk_metadata, c.embedding,
             d.id AS document_id, d.collection, d.project, d.title, d.status = 'approved' AS searchable,
             CASE WHEN row_number() OVER (PARTITION BY d.id ORDER BY c.id) = 1 THEN d.metadata::text END AS metadata
      """;

  private final Database database;

  Rows(Database database) {
    this.database = database;
  }

  /**
   * What the index should hold of each record now: a put, or a remove with the logged version where
   * no row is left.
   */
  List<IndexChange> changes(Map<UUID, Long> logged) {
    List<IndexChange> changes =
        new ArrayList<>(
            database.withHandle(handle ->
                read(
                    handle
                        .createQuery(
                            COLUMNS
                                + """
                                FROM chunk c JOIN document d ON d.id = c.document_id
                                WHERE c.id = ANY(:ids) ORDER BY c.id
                                """)
                        .bindArray("ids", UUID.class, List.copyOf(logged.keySet())))));
    Set<UUID> found = HashSet.newHashSet(changes.size());
    changes.forEach(change -> found.add(change.id()));
    logged.forEach((id, version) -> {
      if (!found.contains(id)) {
        changes.add(new IndexChange.Remove(id, version));
      }
    });
    return changes;
  }

  /** A page of all rows by id, for a rebuild; fewer than {@code limit} at the end. */
  List<IndexChange> after(Optional<UUID> last, int limit) {
    return database.withHandle(handle ->
        read(
            handle
                .createQuery(
                    COLUMNS
                        + """
                        FROM (SELECT * FROM chunk WHERE id > :last ORDER BY id LIMIT :limit) c
                             JOIN document d ON d.id = c.document_id
                        ORDER BY c.id
                        """)
                .bind("last", last.orElse(new UUID(0, 0)))
                .bind("limit", limit)));
  }

  /** The id and version of every searchable row of a collection, as of one moment. */
  void versions(String collection, BiConsumer<UUID, Long> each) {
    database.inTransaction(handle -> {
      handle
          .createQuery(
              """
              SELECT c.id, c.version FROM chunk c JOIN document d ON d.id = c.document_id
              WHERE d.collection = :collection AND d.status = 'approved'
              """)
          .bind("collection", collection)
          .setFetchSize(10_000)
          .map((rs, ctx) -> Map.entry(rs.getObject(1, UUID.class), rs.getLong(2)))
          .forEach(row -> each.accept(row.getKey(), row.getValue()));
      return true;
    });
  }

  /** How many searchable rows a collection has. */
  long count(String collection) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT count(*) FROM chunk c JOIN document d ON d.id = c.document_id
                WHERE d.collection = :collection AND d.status = 'approved'
                """)
            .bind("collection", collection)
            .mapTo(Long.class)
            .one());
  }

  List<String> collections() {
    return database.withHandle(handle ->
        handle.createQuery("SELECT name FROM collection ORDER BY name").mapTo(String.class).list());
  }

  /** Reads rows in the order of their ids. */
  private static List<IndexChange> read(Query query) {
    Map<UUID, Map<String, Object>> metadata = new HashMap<>();
    return query.map((row, context) -> change(row, metadata)).list();
  }

  private static IndexChange change(ResultSet row, Map<UUID, Map<String, Object>> metadata)
      throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    long version = row.getLong("version");
    UUID document = row.getObject("document_id", UUID.class);
    String first = row.getString("metadata");
    if (first != null) {
      metadata.put(document, Json.readObject(first));
    }
    if (!row.getBoolean("searchable")) {
      return new IndexChange.Remove(id, version);
    }
    String own = row.getString("chunk_metadata");
    return new IndexChange.Put(
        new IndexedRecord(
            id,
            version,
            row.getString("collection"),
            row.getString("project"),
            document,
            row.getString("title"),
            row.getString("content"),
            IndexedRecord.merged(
                Objects.requireNonNull(metadata.get(document)),
                own == null ? Map.of() : Json.readObject(own)),
            Vectors.fromBytes(row.getBytes("embedding"))));
  }
}
