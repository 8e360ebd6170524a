package dev.aidb.projection;

import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Writes chunks as any node does: the row and its line in the log in one transaction. */
final class Node {
  private final Database database;
  private final ChangeLog log;

  Node(Database database, ChangeLog log) {
    this.database = database;
    this.log = log;
  }

  void collection(String name, int dimension) {
    database.useHandle(handle ->
        handle.execute(
            "INSERT INTO collection (name, dimension, model) VALUES (?, ?, 'test')",
            name,
            dimension));
  }

  UUID document(String collection) {
    UUID id = UUID.randomUUID();
    database.useHandle(handle ->
        handle.execute(
            """
            INSERT INTO document (id, collection, project, path, title, content, content_type, metadata, status, checksum)
            VALUES (?, ?, 'default', ?, 'title', '', 'text/plain', '{"kind": "test"}', 'approved', '')
            """,
            id,
            collection,
            id.toString()));
    return id;
  }

  void dropCollection(String name) {
    database.useTransaction(handle -> {
      List<UUID> ids =
          handle
              .createQuery(
                  "DELETE FROM chunk c USING document d WHERE d.id = c.document_id AND d.collection = :name RETURNING c.id")
              .bind("name", name)
              .map((row, context) -> row.getObject(1, UUID.class))
              .list();
      log.append(
          handle, ids.stream().map(id -> new ChangeLog.Entry(name, id, version(handle))).toList());
      handle.execute("DELETE FROM document WHERE collection = ?", name);
      handle.execute("DELETE FROM collection WHERE name = ?", name);
    });
  }

  IndexChange put(UUID document, UUID id, String content) {
    return put(document, id, content, new float[] {1, 0, 0, 0});
  }

  IndexChange put(UUID document, UUID id, String content, float[] vector) {
    return database.inTransaction(handle -> put(handle, document, id, content, vector));
  }

  IndexChange put(Handle handle, UUID document, UUID id, String content, float[] vector) {
    long version =
        handle
            .createQuery(
                """
                INSERT INTO chunk (id, document_id, chunk, content, embedding, version)
                VALUES (:id, :document, :id::text, :content, :embedding, nextval('record_version'))
                ON CONFLICT (id) DO UPDATE SET content = excluded.content, version = nextval('record_version')
                RETURNING version
                """)
            .bind("id", id)
            .bind("document", document)
            .bind("content", content)
            .bind("embedding", Vectors.toBytes(vector))
            .mapTo(Long.class)
            .one();
    String collection =
        handle
            .createQuery("SELECT collection FROM document WHERE id = :id")
            .bind("id", document)
            .mapTo(String.class)
            .one();
    log.append(handle, List.of(new ChangeLog.Entry(collection, id, version)));
    return new IndexChange.Put(
        new IndexedRecord(
            id,
            version,
            collection,
            "default",
            document,
            "title",
            content,
            Map.of("kind", "test"),
            vector));
  }

  IndexChange remove(UUID id) {
    return database.inTransaction(handle -> {
      handle.execute("DELETE FROM chunk WHERE id = ?", id);
      long version = version(handle);
      log.append(handle, List.of(new ChangeLog.Entry("docs", id, version)));
      return new IndexChange.Remove(id, version);
    });
  }

  private static long version(Handle handle) {
    return handle.createQuery("SELECT nextval('record_version')").mapTo(Long.class).one();
  }
}
