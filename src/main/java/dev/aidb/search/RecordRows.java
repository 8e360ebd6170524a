package dev.aidb.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.aidb.core.AidbException;
import dev.aidb.index.IndexedRecord;
import dev.aidb.index.RecordFilter;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Reads from the rows what a page of results shows. */
final class RecordRows {
  private static final int SCANS_MAX = 4;
  private static final String HEAD =
      "SELECT c.id, c.version, d.project, d.title, c.document_id, c.chunk, c.created_at";
  private static final String FROM = " FROM chunk c JOIN document d ON d.id = c.document_id ";

  private final Database database;

  /** Each reads a whole collection: more at once would only be slower together. */
  private final Semaphore scans = new Semaphore(SCANS_MAX);

  /** By id; an entry counts only for the version that the index knows. */
  private final Cache<UUID, Head> heads;

  RecordRows(Database database, long headsBytesMax) {
    this.database = database;
    this.heads =
        Caffeine.newBuilder()
            .maximumWeight(headsBytesMax)
            .<UUID, Head>weigher((id, head) ->
                (int)
                    (2 * HeapEstimate.of(id)
                        + HeapEstimate.of(head.title())
                        + HeapEstimate.of(head.project())))
            .build();
  }

  /** A record with what was asked for besides its head. */
  record Body(
      Head head,
      Optional<String> content,
      Optional<Map<String, Object>> metadata,
      float @Nullable [] embedding) {}

  /** The heads of records at the versions that the index knows, those that still exist. */
  Map<UUID, Body> heads(Map<UUID, Long> versions) {
    Map<UUID, Body> found = HashMap.newHashMap(versions.size());
    List<UUID> unread = new ArrayList<>();
    versions.forEach((id, version) -> {
      Head known = heads.getIfPresent(id);
      if (known != null && known.version() == version) {
        found.put(id, new Body(known, Optional.empty(), Optional.empty(), null));
      } else {
        unread.add(id);
      }
    });
    if (!unread.isEmpty()) {
      found.putAll(bodies(unread, false, false, false));
    }
    return found;
  }

  /** Records with their contents, metadata and embeddings as asked; those that still exist. */
  Map<UUID, Body> bodies(
      Collection<UUID> ids, boolean content, boolean metadata, boolean embedding) {
    String sql =
        HEAD
            + (content ? ", c.content" : "")
            + (metadata ? ", d.metadata::text AS metadata, c.metadata::text AS chunk_metadata" : "")
            + (embedding ? ", c.embedding" : "")
            + FROM
            + "WHERE c.id = ANY(?)";
    return database.withStatement(
        sql,
        statement -> {
          statement.setArray(
              1, statement.getConnection().createArrayOf("uuid", ids.toArray(UUID[]::new)));
          Map<UUID, Body> bodies = HashMap.newHashMap(ids.size());
          try (ResultSet rs = statement.executeQuery()) {
            while (rs.next()) {
              Head head = head(rs);
              heads.put(head.id(), head);
              bodies.put(
                  head.id(),
                  new Body(
                      head,
                      content ? Optional.of(rs.getString("content")) : Optional.empty(),
                      metadata ? Optional.of(metadata(rs)) : Optional.empty(),
                      embedding ? Vectors.fromBytes(rs.getBytes("embedding")) : null));
            }
          }
          return bodies;
        });
  }

  /** A match of {@link #keyword}, with PostgreSQL's own rank of it. */
  record Match(UUID id, long version, double rank) {}

  /**
   * The records that hold at least one of the words, best first, by PostgreSQL's full-text search
   * over all rows: slow, and there for when the index is not.
   */
  List<Match> keyword(String collection, String query, RecordFilter filter) {
    if (!scans.tryAcquire()) {
      throw AidbException.overloaded(
          "The index is being built and searches without it are busy", Duration.ofSeconds(2));
    }
    try {
      return scanned(collection, query, filter);
    } finally {
      scans.release();
    }
  }

  private List<Match> scanned(String collection, String query, RecordFilter filter) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                WITH words AS (
                  SELECT replace(plainto_tsquery('english', :query)::text, '&', '|')::tsquery AS q
                ), text AS (
                  SELECT c.id, c.version, d.metadata::text AS metadata, c.metadata::text AS chunk_metadata,
                         to_tsvector('english', d.title || ' ' || c.content) AS words
                  FROM chunk c JOIN document d ON d.id = c.document_id
                  WHERE d.collection = :collection AND d.status = 'approved'
                    AND (:project::text IS NULL OR d.project = :project)
                )
                SELECT text.id, text.version, text.metadata, text.chunk_metadata, ts_rank(text.words, q) AS rank
                FROM text, words WHERE text.words @@ q
                ORDER BY rank DESC, text.id
                """)
            .bind("query", query)
            .bind("collection", collection)
            .bind("project", filter.project().orElse(null))
            .map((rs, context) ->
                filter.where().isEmpty() || MetadataFilter.test(filter.where().get(), metadata(rs))
                    ? Optional.of(
                        new Match(
                            rs.getObject("id", UUID.class),
                            rs.getLong("version"),
                            rs.getDouble("rank")))
                    : Optional.<Match>empty())
            .list()
            .stream()
            .flatMap(Optional::stream)
            .toList());
  }

  private static Head head(ResultSet rs) throws SQLException {
    return new Head(
        rs.getObject("id", UUID.class),
        rs.getLong("version"),
        rs.getString("project"),
        rs.getString("title"),
        rs.getObject("document_id", UUID.class),
        rs.getString("chunk"),
        rs.getTimestamp("created_at").toInstant());
  }

  private static Map<String, Object> metadata(ResultSet rs) throws SQLException {
    String own = rs.getString("chunk_metadata");
    return IndexedRecord.merged(
        Json.readObject(rs.getString("metadata")), own == null ? Map.of() : Json.readObject(own));
  }
}
