package dev.aidb.documents;

import dev.aidb.operation.Json;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;

/** The SQL of documents and chunks. */
final class DocumentRows {
  private static final String COLUMNS =
      """
      SELECT d.id, d.collection, d.project, d.path, d.title, d.content_type, d.metadata::text, d.source_url,
             d.status, d.created_at, d.updated_at,
             (SELECT count(*) FROM chunk c WHERE c.document_id = d.id) AS chunks
      """;

  /** A page ends with the document whose content brings it here. */
  private static final int PAGE_CHARACTERS_MAX = 4_000_000;

  private static final int CONTENTS_FETCHED = 4;

  private final Database database;
  private final ChangeLog log;

  DocumentRows(Database database, ChangeLog log) {
    this.database = database;
    this.log = log;
  }

  /**
   * What decides whether a draft changes a document; PostgreSQL compares the metadata, for it knows
   * that 1 is 1.0.
   */
  record Stored(
      UUID id,
      boolean sameContent,
      boolean sameMetadata,
      Optional<String> sourceUrl,
      Status status,
      int chunks) {

    /** Whether the draft says the same of it, besides its content. */
    boolean describedAs(DocumentDraft draft) {
      return sameMetadata && sourceUrl.equals(draft.sourceUrl()) && status == draft.status();
    }
  }

  /** A chunk to be written. */
  record NewChunk(UUID id, String chunk, String content, float[] embedding) {}

  /** A chunk as it was written or removed. */
  record Written(UUID id, UUID document, String chunk, long version) {
    static Map<UUID, Long> versions(List<Written> written) {
      Map<UUID, Long> versions = HashMap.newHashMap(written.size());
      written.forEach(w -> versions.put(w.id(), w.version()));
      return versions;
    }
  }

  /** What is stored under the drafts' keys, where anything is. */
  Map<Arrival.Key, Stored> stored(List<Arrival> arrivals) {
    List<DocumentDraft> drafts = arrivals.stream().map(Arrival::draft).toList();
    Map<Arrival.Key, Stored> found = new HashMap<>();
    database.useHandle(handle ->
        handle
            .createQuery(
                """
                SELECT d.id, d.collection, d.project, d.path, d.checksum = n.checksum AS same_content,
                       d.metadata = n.metadata::jsonb AS same_metadata, d.source_url, d.status,
                       (SELECT count(*) FROM chunk c WHERE c.document_id = d.id) AS chunks
                FROM unnest(:collections, :projects, :paths, :checksums, :metadata)
                     AS n (collection, project, path, checksum, metadata)
                JOIN document d ON d.collection = n.collection AND d.project = n.project AND d.path_digest = path_digest(n.path)
                """)
            .bindArray(
                "collections",
                String.class,
                drafts.stream().map(d -> d.collection().name()).toList())
            .bindArray(
                "projects", String.class, drafts.stream().map(DocumentDraft::project).toList())
            .bindArray("paths", String.class, drafts.stream().map(DocumentDraft::path).toList())
            .bind("checksums", Vectors.bytes(drafts.stream().map(DocumentDraft::checksum).toList()))
            .bindArray(
                "metadata",
                String.class,
                drafts.stream().map(d -> Json.text(d.metadata())).toList())
            .map((rs, context) ->
                Map.entry(
                    key(rs),
                    new Stored(
                        rs.getObject("id", UUID.class),
                        rs.getBoolean("same_content"),
                        rs.getBoolean("same_metadata"),
                        Optional.ofNullable(rs.getString("source_url")),
                        Status.of(rs.getString("status")),
                        rs.getInt("chunks"))))
            .forEach(entry -> found.put(entry.getKey(), entry.getValue())));
    return found;
  }

  /**
   * Inserts or overwrites the documents' rows and locks them until the transaction ends.
   *
   * @param drafts in the order of their keys
   * @param newIds the id of each document that is new
   * @return the id of each document
   */
  Map<Arrival.Key, UUID> upsert(
      Handle handle, List<DocumentDraft> drafts, Map<Arrival.Key, UUID> newIds) {
    Map<Arrival.Key, UUID> ids = new HashMap<>();
    handle
        .createQuery(
            """
            INSERT INTO document
                   (id, collection, project, path, title, content, content_type, metadata, source_url, status, checksum)
            SELECT n.id, n.collection, n.project, n.path, n.title, n.content, n.content_type, n.metadata::jsonb,
                   n.source_url, n.status, n.checksum
            FROM unnest(:ids, :collections, :projects, :paths, :titles, :contents, :types, :metadata, :sources,
                        :statuses, :checksums)
                 AS n (id, collection, project, path, title, content, content_type, metadata, source_url, status,
                       checksum)
            ON CONFLICT (collection, project, path_digest) DO UPDATE
               SET title = excluded.title, content = excluded.content, content_type = excluded.content_type,
                   metadata = excluded.metadata, source_url = excluded.source_url, status = excluded.status,
                   checksum = excluded.checksum, updated_at = now()
            RETURNING id, collection, project, path
            """)
        .bindArray(
            "ids",
            UUID.class,
            drafts.stream().map(d -> Objects.requireNonNull(newIds.get(key(d)))).toList())
        .bindArray(
            "collections", String.class, drafts.stream().map(d -> d.collection().name()).toList())
        .bindArray("projects", String.class, drafts.stream().map(DocumentDraft::project).toList())
        .bindArray("paths", String.class, drafts.stream().map(DocumentDraft::path).toList())
        .bindArray("titles", String.class, drafts.stream().map(DocumentDraft::title).toList())
        .bindArray("contents", String.class, drafts.stream().map(DocumentDraft::content).toList())
        .bindArray(
            "types", String.class, drafts.stream().map(d -> d.contentType().mediaType()).toList())
        .bindArray(
            "metadata", String.class, drafts.stream().map(d -> Json.text(d.metadata())).toList())
        .bindArray(
            "sources", String.class, drafts.stream().map(d -> d.sourceUrl().orElse(null)).toArray())
        .bindArray(
            "statuses", String.class, drafts.stream().map(d -> d.status().wireName()).toList())
        .bind("checksums", Vectors.bytes(drafts.stream().map(DocumentDraft::checksum).toList()))
        .map((rs, context) -> Map.entry(key(rs), rs.getObject("id", UUID.class)))
        .forEach(entry -> ids.put(entry.getKey(), entry.getValue()));
    return ids;
  }

  private static Arrival.Key key(DocumentDraft draft) {
    return new Arrival.Key(draft.collection().name(), draft.project(), draft.path());
  }

  private static Arrival.Key key(ResultSet rs) throws SQLException {
    return new Arrival.Key(
        rs.getString("collection"), rs.getString("project"), rs.getString("path"));
  }

  /**
   * Writes documents' chunks over those of the same name and logs them; the ids of replaced chunks
   * stay.
   */
  List<Written> putChunks(Handle handle, Map<UUID, List<NewChunk>> byDocument) {
    List<UUID> documents = new ArrayList<>();
    List<NewChunk> chunks = new ArrayList<>();
    byDocument.forEach((document, own) -> {
      documents.addAll(Collections.nCopies(own.size(), document));
      chunks.addAll(own);
    });
    if (chunks.isEmpty()) {
      return List.of();
    }
    List<Written> written = new ArrayList<>(chunks.size());
    List<ChangeLog.Entry> entries = new ArrayList<>(chunks.size());
    handle
        .createQuery(
            """
            WITH put AS (
              INSERT INTO chunk (id, document_id, chunk, content, embedding, version)
              SELECT n.id, n.document_id, n.chunk, n.content, n.embedding, nextval('record_version')
              FROM unnest(:ids, :documents, :names, :contents, :embeddings)
                   AS n (id, document_id, chunk, content, embedding)
              ON CONFLICT (document_id, chunk) DO UPDATE
                 SET content = excluded.content, metadata = NULL, embedding = excluded.embedding,
                     version = nextval('record_version'), created_at = now()
              RETURNING id, document_id, chunk, version
            )
            SELECT put.*, d.collection FROM put JOIN document d ON d.id = put.document_id
            """)
        .bindArray("ids", UUID.class, chunks.stream().map(NewChunk::id).toList())
        .bindArray("documents", UUID.class, documents)
        .bindArray("names", String.class, chunks.stream().map(NewChunk::chunk).toList())
        .bindArray("contents", String.class, chunks.stream().map(NewChunk::content).toList())
        .bind("embeddings", Vectors.array(chunks.stream().map(NewChunk::embedding).toList()))
        .map((rs, context) -> Map.entry(rs.getString("collection"), written(rs)))
        .forEach(row -> {
          Written one = row.getValue();
          written.add(one);
          entries.add(new ChangeLog.Entry(row.getKey(), one.id(), one.version()));
        });
    log.append(handle, entries);
    return written;
  }

  /** Removes the document's chunks that have none of these names and logs them. */
  List<Written> removeOtherChunks(
      Handle handle, String collection, UUID document, List<String> names) {
    List<Written> removed =
        handle
            .createQuery(
                """
                DELETE FROM chunk WHERE document_id = :document AND chunk <> ALL(:names)
                RETURNING id, document_id, chunk, nextval('record_version') AS version
                """)
            .bind("document", document)
            .bindArray("names", String.class, names)
            .map((rs, context) -> written(rs))
            .list();
    logged(handle, collection, removed);
    return removed;
  }

  /**
   * Gives every chunk of a document a new version, because something that the index holds of the
   * document changed.
   */
  List<Written> touchChunks(Handle handle, String collection, UUID document) {
    List<Written> touched =
        handle
            .createQuery(
                """
                UPDATE chunk SET version = nextval('record_version') WHERE document_id = :document
                RETURNING id, document_id, chunk, version
                """)
            .bind("document", document)
            .map((rs, context) -> written(rs))
            .list();
    logged(handle, collection, touched);
    return touched;
  }

  /**
   * Changes what isn't embedded (metadata, source and status), unless the content was changed
   * meanwhile.
   */
  boolean describe(Handle handle, UUID document, DocumentDraft draft) {
    return handle
            .createUpdate(
                """
                UPDATE document SET metadata = :metadata::jsonb, source_url = :sourceUrl, status = :status,
                       updated_at = now()
                WHERE id = :id AND checksum = :checksum
                """)
            .bind("metadata", Json.text(draft.metadata()))
            .bind("sourceUrl", draft.sourceUrl().orElse(null))
            .bind("status", draft.status().wireName())
            .bind("id", document)
            .bind("checksum", draft.checksum())
            .execute()
        == 1;
  }

  Optional<Document> find(UUID id, boolean withContent) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                COLUMNS + (withContent ? ", d.content " : "") + "FROM document d WHERE d.id = :id")
            .bind("id", id)
            .map((rs, context) -> document(rs, withContent))
            .findOne());
  }

  /** Some documents in order, and whether others follow. */
  record Page(List<Document> documents, boolean more) {}

  /**
   * A page of documents by id, after a given one; shorter than the limit where their contents would
   * be too much for one answer.
   */
  Page list(
      String collection,
      Optional<String> project,
      Optional<Status> status,
      Optional<UUID> after,
      int limit,
      boolean withContent) {
    // In a transaction, for only there are rows fetched a few at a time.
    return database.inTransaction(handle -> {
      try (ResultIterator<Document> found =
          handle
              .createQuery(
                  COLUMNS
                      + (withContent ? ", d.content " : "")
                      + " FROM document d WHERE d.collection = :collection AND d.id > :after"
                      // Only the conditions that hold: a plan for all cases would use no index of
                      // one.
                      + (project.isPresent() ? " AND d.project = :project" : "")
                      + status.map(DocumentRows::condition).orElse("")
                      + " ORDER BY d.id LIMIT :limit")
              .bind("collection", collection)
              .bind("after", after.orElse(new UUID(0, 0)))
              .bindMap(project.<Map<String, Object>>map(p -> Map.of("project", p)).orElse(Map.of()))
              .bind("limit", limit + 1)
              .setFetchSize(withContent ? CONTENTS_FETCHED : limit + 1)
              .map((rs, context) -> document(rs, withContent))
              .iterator()) {
        return page(found, limit);
      }
    });
  }

  private static Page page(ResultIterator<Document> found, int limit) {
    List<Document> page = new ArrayList<>();
    long characters = 0;
    while (found.hasNext() && page.size() < limit && characters < PAGE_CHARACTERS_MAX) {
      Document document = found.next();
      characters += document.content().map(String::length).orElse(0);
      page.add(document);
    }
    return new Page(page, found.hasNext());
  }

  /** Written out, so that the planner can tell whether the index of the unapproved ones serves. */
  private static String condition(Status status) {
    return " AND d.status = '" + status.wireName() + "'";
  }

  long countDocuments(String collection) {
    return database.withHandle(handle ->
        handle
            .createQuery("SELECT count(*) FROM document WHERE collection = :collection")
            .bind("collection", collection)
            .mapTo(Long.class)
            .one());
  }

  long countChunks(String collection) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT count(*) FROM chunk c JOIN document d ON d.id = c.document_id
                WHERE d.collection = :collection
                """)
            .bind("collection", collection)
            .mapTo(Long.class)
            .one());
  }

  List<UUID> someDocuments(String collection, int limit) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                "SELECT id FROM document WHERE collection = :collection ORDER BY id LIMIT :limit")
            .bind("collection", collection)
            .bind("limit", limit)
            .map((rs, context) -> rs.getObject(1, UUID.class))
            .list());
  }

  /**
   * Whether the collection is gone: its row is deleted if no document is left; a writer in between
   * keeps it alive.
   */
  boolean dropCollection(String collection) {
    return database.inTransaction(handle -> {
      boolean gone =
          handle
              .createQuery("SELECT name FROM collection WHERE name = :name FOR UPDATE")
              .bind("name", collection)
              .mapTo(String.class)
              .findOne()
              .isEmpty();
      return gone
          || handle
                  .createUpdate(
                      """
                      DELETE FROM collection WHERE name = :name
                         AND NOT EXISTS (SELECT FROM document WHERE collection = :name)
                      """)
                  .bind("name", collection)
                  .execute()
              == 1;
    });
  }

  /** Locks a document's row and tells its collection; empty when there is none. */
  Optional<String> lock(Handle handle, UUID document) {
    return handle
        .createQuery("SELECT collection FROM document WHERE id = :id FOR UPDATE")
        .bind("id", document)
        .mapTo(String.class)
        .findOne();
  }

  void setStatus(Handle handle, UUID document, Status status) {
    handle
        .createUpdate("UPDATE document SET status = :status, updated_at = now() WHERE id = :id")
        .bind("status", status.wireName())
        .bind("id", document)
        .execute();
  }

  void delete(Handle handle, UUID document) {
    handle.createUpdate("DELETE FROM document WHERE id = :id").bind("id", document).execute();
  }

  private void logged(Handle handle, String collection, List<Written> written) {
    if (written.isEmpty()) {
      return;
    }
    List<ChangeLog.Entry> changes = new ArrayList<>(written.size());
    written.forEach(w -> changes.add(new ChangeLog.Entry(collection, w.id(), w.version())));
    log.append(handle, changes);
  }

  private static Written written(ResultSet rs) throws SQLException {
    return new Written(
        rs.getObject("id", UUID.class),
        rs.getObject("document_id", UUID.class),
        rs.getString("chunk"),
        rs.getLong("version"));
  }

  private static Document document(ResultSet rs, boolean withContent) throws SQLException {
    return new Document(
        rs.getObject("id", UUID.class),
        rs.getString("collection"),
        rs.getString("project"),
        rs.getString("path"),
        rs.getString("title"),
        withContent ? Optional.of(rs.getString("content")) : Optional.empty(),
        rs.getString("content_type"),
        Json.readObject(rs.getString("metadata")),
        Optional.ofNullable(rs.getString("source_url")),
        Status.of(rs.getString("status")),
        rs.getInt("chunks"),
        rs.getTimestamp("created_at").toInstant(),
        rs.getTimestamp("updated_at").toInstant());
  }
}
