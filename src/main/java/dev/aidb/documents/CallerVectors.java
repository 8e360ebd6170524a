package dev.aidb.documents;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import dev.aidb.core.IdSource;
import dev.aidb.core.UnitVectors;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.Lane;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Json;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Chunks and vectors that callers made themselves, under a document that exists. One statement
 * writes them, so that a single small write costs one round trip and one commit.
 */
final class CallerVectors {
  private static final int KNOWN_DOCUMENTS = 100_000;

  /**
   * The documents are locked against any change until the commit: what is returned of them goes
   * into the index along with the chunks, under the chunks' versions, and a change that came in
   * between would not know of the new chunks. Rows are locked in one order by all, so that no two
   * writers wait for each other.
   */
  private static final String PUT =
      """
      WITH item AS (
        SELECT * FROM unnest(:ids::uuid[], :documents::uuid[], :names::text[], :contents::text[], :metadata::text[],
                             :embeddings::bytea[])
                      AS n (id, document_id, chunk, content, metadata, embedding)
      ), owner AS (
        SELECT id, collection, project, title, metadata, status FROM document
        WHERE id IN (SELECT document_id FROM item)
        ORDER BY collection COLLATE "C", project COLLATE "C", path COLLATE "C"
        FOR SHARE
      ), put AS (
        INSERT INTO chunk (id, document_id, chunk, content, metadata, embedding, version)
        SELECT item.id, item.document_id, item.chunk, item.content, item.metadata::jsonb, item.embedding,
               nextval('record_version')
        FROM item JOIN owner ON owner.id = item.document_id
        ORDER BY item.document_id, item.chunk
        ON CONFLICT (document_id, chunk) DO UPDATE
           SET content = excluded.content, metadata = excluded.metadata, embedding = excluded.embedding,
               version = nextval('record_version'), created_at = now()
        RETURNING id, document_id, chunk, version
      ), logged AS (
        INSERT INTO change_log (collection, record_id, version)
        SELECT owner.collection, put.id, put.version FROM put JOIN owner ON owner.id = put.document_id
      )
      SELECT put.id, put.document_id, put.chunk, put.version, owner.collection, owner.project, owner.title,
             owner.metadata::text AS metadata, owner.status
      FROM put JOIN owner ON owner.id = put.document_id
      """;

  private final Database database;
  private final CollectionRegistry collections;
  private final Embedder embedder;
  private final Projection projection;
  private final IdSource ids;
  private final Cache<UUID, String> collectionOf =
      Caffeine.newBuilder().maximumSize(KNOWN_DOCUMENTS).build();

  CallerVectors(
      Database database,
      CollectionRegistry collections,
      Embedder embedder,
      Projection projection,
      IdSource ids) {
    this.database = database;
    this.collections = collections;
    this.embedder = embedder;
    this.projection = projection;
    this.ids = ids;
  }

  /** A chunk to be stored; at least one of content and vector is there. */
  record Item(
      UUID document,
      String chunk,
      Optional<String> content,
      float @Nullable [] vector,
      Map<String, Object> metadata) {}

  /** A chunk that was stored. */
  record Placed(UUID id, UUID document, String chunk) {}

  private record Slot(UUID document, String chunk) {}

  private record Row(
      UUID id,
      UUID document,
      String chunk,
      long version,
      String collection,
      String project,
      String title,
      String metadata,
      Status status) {}

  /**
   * Stores the items, the later of two for the same chunk; all of them or, when one is at fault,
   * none.
   */
  List<Placed> put(List<Item> items, Caller caller) {
    Map<UUID, Collection> owners = owners(items, caller);
    List<float[]> vectors = vectors(items, owners);
    Map<Slot, Integer> last = new LinkedHashMap<>();
    for (int i = 0; i < items.size(); i++) {
      last.put(new Slot(items.get(i).document(), items.get(i).chunk()), i);
    }
    List<Integer> chosen = List.copyOf(last.values());
    try (Projection.Ticket ticket = projection.begin()) {
      List<Row> rows = write(items, vectors, chosen);
      if (rows.size() < chosen.size()) {
        collectionOf.invalidateAll();
        owners(items, caller); // tells which documents are gone
        throw conflict();
      }
      List<IndexChange> changes = new ArrayList<>(rows.size());
      Map<UUID, Map<String, Object>> documentMetadata = new HashMap<>();
      Map<Slot, UUID> placed = new HashMap<>();
      for (Row row : rows) {
        Slot slot = new Slot(row.document, row.chunk);
        int i = Objects.requireNonNull(last.get(slot));
        placed.put(slot, row.id);
        Map<String, Object> metadata =
            documentMetadata.computeIfAbsent(row.document, d -> Json.readObject(row.metadata));
        changes.add(change(row, items.get(i), vectors.get(i), metadata));
      }
      ticket.committed(changes);
      return items.stream()
          .map(item -> new Slot(item.document(), item.chunk()))
          .map(slot ->
              new Placed(Objects.requireNonNull(placed.get(slot)), slot.document, slot.chunk))
          .toList();
    }
  }

  private static IndexChange change(
      Row row, Item item, float[] vector, Map<String, Object> documentMetadata) {
    if (row.status != Status.APPROVED) {
      return new IndexChange.Remove(row.id, row.version);
    }
    return new IndexChange.Put(
        new IndexedRecord(
            row.id,
            row.version,
            row.collection,
            row.project,
            row.document,
            row.title,
            item.content().orElse(""),
            IndexedRecord.merged(documentMetadata, item.metadata()),
            vector));
  }

  /** The collection of each document; 422 with every unknown one. */
  private Map<UUID, Collection> owners(List<Item> items, Caller caller) {
    Map<UUID, Collection> owners = new HashMap<>();
    List<UUID> unread =
        items.stream()
            .map(Item::document)
            .distinct()
            .filter(id -> collectionOf.getIfPresent(id) == null)
            .toList();
    if (!unread.isEmpty()) {
      database
          .withHandle(handle ->
              handle
                  .createQuery("SELECT id, collection FROM document WHERE id = ANY(:ids)")
                  .bindArray("ids", UUID.class, unread)
                  .map((rs, context) -> Map.entry(rs.getObject(1, UUID.class), rs.getString(2)))
                  .list())
          .forEach(row -> collectionOf.put(row.getKey(), row.getValue()));
    }
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      UUID document = items.get(i).document();
      String collection = collectionOf.getIfPresent(document);
      Optional<Collection> owner =
          collection == null ? Optional.empty() : collections.find(collection, caller);
      if (owner.isPresent()) {
        owners.put(document, owner.get());
      } else {
        errors.add(
            new FieldError(
                "items[" + i + "].document_id", "unknown", "must be the id of a document"));
      }
    }
    if (!errors.isEmpty()) {
      throw AidbException.invalid(errors);
    }
    return owners;
  }

  /** The normalised vector of each item: the caller's, or the embedding of its content. */
  private List<float[]> vectors(List<Item> items, Map<UUID, Collection> owners) {
    List<FieldError> errors = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      Collection owner = Objects.requireNonNull(owners.get(item.document()));
      float[] given = item.vector();
      if (given != null) {
        if (given.length != owner.dimension()) {
          errors.add(
              new FieldError(
                  "items[" + i + "].embedding",
                  "dimension",
                  "must have " + owner.dimension() + " components"));
        }
      } else if (item.content().isEmpty() || item.content().get().isBlank()) {
        errors.add(
            new FieldError("items[" + i + "]", "required", "must have content or an embedding"));
      } else if (!owner.model().equals(embedder.model())) {
        errors.add(
            new FieldError(
                "items[" + i + "].embedding",
                "required",
                "must be given, since the collection has a model of its own"));
      } else {
        texts.add(item.content().get());
      }
    }
    if (!errors.isEmpty()) {
      throw AidbException.invalid(errors);
    }
    var embedded =
        (texts.isEmpty()
                ? List.<dev.aidb.embedding.Embedding>of()
                : embedder.embed(texts, Lane.BULK))
            .iterator();
    List<float[]> vectors = new ArrayList<>(items.size());
    for (Item item : items) {
      float[] given = item.vector();
      vectors.add(given != null ? UnitVectors.normalised(given) : embedded.next().vector());
    }
    return vectors;
  }

  /** What was written: all of the chosen items, or fewer than that and nothing stays. */
  private List<Row> write(List<Item> items, List<float[]> vectors, List<Integer> chosen) {
    if (chosen.size() == 1) {
      // One item needs no transaction of several statements: it is stored or it isn't.
      return database.withHandle(handle -> write(handle, items, vectors, chosen));
    }
    return database.inTransaction(handle -> {
      List<Row> rows = write(handle, items, vectors, chosen);
      if (rows.size() < chosen.size()) {
        handle.rollback();
      }
      return rows;
    });
  }

  private static AidbException conflict() {
    return new AidbException(
        ErrorCode.CONFLICT, "A document was deleted meanwhile; nothing was stored");
  }

  private List<Row> write(
      Handle handle, List<Item> items, List<float[]> vectors, List<Integer> chosen) {
    return handle
        .createQuery(PUT)
        .bindArray("ids", UUID.class, chosen.stream().map(i -> ids.next()).toList())
        .bindArray(
            "documents", UUID.class, chosen.stream().map(i -> items.get(i).document()).toList())
        .bindArray("names", String.class, chosen.stream().map(i -> items.get(i).chunk()).toList())
        .bindArray(
            "contents",
            String.class,
            chosen.stream().map(i -> items.get(i).content().orElse("")).toList())
        .bindArray(
            "metadata",
            String.class,
            chosen.stream()
                .map(i -> items.get(i).metadata())
                .map(m -> m.isEmpty() ? null : Json.text(m))
                .toList())
        .bind("embeddings", Vectors.array(chosen.stream().map(vectors::get).toList()))
        .map((rs, context) -> row(rs))
        .list();
  }

  private static Row row(ResultSet rs) throws SQLException {
    return new Row(
        rs.getObject("id", UUID.class),
        rs.getObject("document_id", UUID.class),
        rs.getString("chunk"),
        rs.getLong("version"),
        rs.getString("collection"),
        rs.getString("project"),
        rs.getString("title"),
        rs.getString("metadata"),
        Status.of(rs.getString("status")));
  }
}
