package dev.aidb.documents;

import dev.aidb.core.IdSource;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.Tokenizer;
import dev.aidb.operation.Operation;
import dev.aidb.projection.Projection;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import java.util.ArrayList;
import java.util.List;

/** The feature as a whole: builds its parts and gathers their operations. */
public final class Knowledge {
  private static final int STREAMS_MAX = 16;
  private static final int INGEST_CHARACTERS_MAX = 8_000_000;

  private final CollectionRegistry collections;
  private final List<Operation<?, ?>> operations = new ArrayList<>();

  /**
   * @param approvalRequired whether only an admin may store something as approved
   * @param streamBounds how much of a stream of documents is in work at once
   * @param maxCollections how many collections there may be
   */
  public record Settings(boolean approvalRequired, StreamBounds streamBounds, int maxCollections) {}

  public Knowledge(
      Database database,
      ChangeLog log,
      Projection projection,
      Embedder embedder,
      Tokenizer tokenizer,
      IdSource ids,
      Settings settings) {
    collections = new CollectionRegistry(database);
    DocumentRows rows = new DocumentRows(database, log);
    Documents documents = new Documents(database, rows, projection);
    Intake intake = new Intake(database, rows, embedder, tokenizer, projection, ids);
    CallerVectors vectors = new CallerVectors(database, collections, embedder, projection, ids);
    operations.addAll(
        new DocumentOperations(
                collections,
                documents,
                rows,
                intake,
                settings.approvalRequired(),
                settings.streamBounds(),
                STREAMS_MAX,
                new IngestRoom(INGEST_CHARACTERS_MAX))
            .operations());
    operations.addAll(new VectorOperations(vectors).operations());
    operations.addAll(
        new CollectionOperations(
                collections,
                documents,
                rows,
                database,
                projection,
                embedder.model(),
                embedder.dimension(),
                settings.maxCollections())
            .operations());
    collections.ensureBuiltIns(embedder.model(), embedder.dimension());
  }

  public CollectionRegistry collections() {
    return collections;
  }

  public List<Operation<?, ?>> operations() {
    return List.copyOf(operations);
  }
}
