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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Chunks and vectors that callers made themselves, under a document that exists. One statement
 * writes them, so that a single small write costs one round trip and one commit, or a share of one
 * when others come at the same time.
 */
final class CallerVectors {
  private static final int KNOWN_DOCUMENTS = 100_000;
  private static final GroupCommit.Bounds SINGLES = new GroupCommit.Bounds(2, 64, 1_000);

  private final Database database;
  private final CollectionRegistry collections;
  private final Embedder embedder;
  private final Projection projection;
  private final IdSource ids;
  private final VectorRows rows;
  private final GroupCommit<VectorRows.Write, Optional<VectorRows.Row>> singles;
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
    this.rows = new VectorRows(database);
    this.singles = new GroupCommit<>(SINGLES, VectorRows.Write::slot, rows::writeEach);
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

  /**
   * Stores the items, the later of two for the same chunk; all of them or, when one is at fault,
   * none.
   */
  List<Placed> put(List<Item> items, Caller caller) {
    Map<UUID, Collection> owners = owners(items, caller);
    List<float[]> vectors = vectors(items, owners);
    Map<VectorRows.Slot, VectorRows.Write> last = new LinkedHashMap<>();
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      last.put(
          slot(item),
          new VectorRows.Write(
              ids.next(),
              slot(item),
              item.content().orElse(""),
              item.metadata().isEmpty() ? Optional.empty() : Optional.of(item.metadata()),
              vectors.get(i)));
    }
    List<VectorRows.Write> writes = List.copyOf(last.values());
    try (Projection.Ticket ticket = projection.begin()) {
      Map<VectorRows.Slot, VectorRows.Row> rows = rows(writes);
      if (rows.size() < writes.size()) {
        collectionOf.invalidateAll();
        owners(items, caller); // tells which documents are gone
        throw conflict();
      }
      Map<UUID, Map<String, Object>> documentMetadata = new HashMap<>();
      List<IndexChange> changes = new ArrayList<>(writes.size());
      for (VectorRows.Write write : writes) {
        VectorRows.Row row = Objects.requireNonNull(rows.get(write.slot()));
        changes.add(
            change(
                row,
                write,
                documentMetadata.computeIfAbsent(
                    write.slot().document(), d -> Json.readObject(row.metadata()))));
      }
      ticket.committed(changes);
      return items.stream()
          .map(CallerVectors::slot)
          .map(slot ->
              new Placed(
                  Objects.requireNonNull(rows.get(slot)).id(), slot.document(), slot.chunk()))
          .toList();
    }
  }

  private static VectorRows.Slot slot(Item item) {
    return new VectorRows.Slot(item.document(), item.chunk());
  }

  /** The rows that were written: of all writes, or of fewer than that and nothing stays. */
  private Map<VectorRows.Slot, VectorRows.Row> rows(List<VectorRows.Write> writes) {
    if (writes.size() > 1) {
      return rows.writeAll(writes);
    }
    VectorRows.Write only = writes.getFirst();
    return singles.submit(only).map(row -> Map.of(only.slot(), row)).orElse(Map.of());
  }

  private static IndexChange change(
      VectorRows.Row row, VectorRows.Write write, Map<String, Object> documentMetadata) {
    if (row.status() != Status.APPROVED) {
      return new IndexChange.Remove(row.id(), row.version());
    }
    return new IndexChange.Put(
        new IndexedRecord(
            row.id(),
            row.version(),
            row.collection(),
            row.project(),
            write.slot().document(),
            row.title(),
            write.content(),
            IndexedRecord.merged(documentMetadata, write.metadata().orElse(Map.of())),
            write.vector()));
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
                  // A solution's chunk is not a caller's to replace.
                  .createQuery(
                      """
                      SELECT id, collection FROM document
                      WHERE id = ANY(:ids)
                        AND NOT (collection = :solutions AND starts_with(path, :reserved))
                      """)
                  .bind("solutions", ReservedPaths.SOLUTIONS_COLLECTION)
                  .bind("reserved", ReservedPaths.SOLUTIONS)
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

  private static AidbException conflict() {
    return new AidbException(
        ErrorCode.CONFLICT, "A document was deleted meanwhile; nothing was stored");
  }
}
