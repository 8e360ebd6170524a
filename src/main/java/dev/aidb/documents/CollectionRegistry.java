package dev.aidb.documents;

import dev.aidb.chunking.ChunkingPolicy;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The allow-list of collections, read from the database and kept for a second, so that another
 * node's change is seen within one.
 */
public final class CollectionRegistry {
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** The collections that exist from the start, with what they are for. */
  static final Map<String, String> BUILT_IN =
      Map.of(
          "nixos_docs", "Documentation; the collection that is searched when none is named",
          "solved_issues", "Problems that were solved, with their solutions",
          "skill_embeddings", "Skills that agents can take up",
          "telemetry_patterns", "What the server learned from its own use",
          "system_registry", "What the server knows of the system it serves",
          "tool_schemas", "Tools that agents can call");

  private final Database database;
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile Snapshot snapshot = new Snapshot(Map.of(), false, 0);

  private record Snapshot(Map<String, Collection> byName, boolean wasRead, long readAt) {}

  public CollectionRegistry(Database database) {
    this.database = database;
  }

  /** Makes the built-in collections where they are missing. */
  public void ensureBuiltIns(String model, int dimension) {
    database.inTransaction(handle -> {
      var batch =
          handle.prepareBatch(
              """
              INSERT INTO collection (name, description, dimension, model, chunking, fusion, built_in)
              VALUES (:name, :description, :dimension, :model, :chunking::jsonb, :fusion::jsonb, true)
              ON CONFLICT (name) DO NOTHING
              """);
      BUILT_IN.forEach((name, description) ->
          batch
              .bind("name", name)
              .bind("description", description)
              .bind("dimension", dimension)
              .bind("model", model)
              .bind("chunking", Json.text(ChunkingPolicy.DEFAULT))
              .bind("fusion", Json.text(Fusion.USUAL))
              .add());
      return batch.execute();
    });
    refresh();
  }

  /** The collection, if there is one that this caller may know of. */
  public Optional<Collection> find(String name, Caller caller) {
    if (!caller.sees(name)) {
      return Optional.empty();
    }
    Collection known = current().byName.get(name);
    return Optional.ofNullable(known != null ? known : refresh().byName.get(name));
  }

  /** The collection, or the 422 of one that isn't known to this caller. */
  public Collection require(String name, Caller caller) {
    return find(name, caller)
        .orElseThrow(() ->
            new AidbException(
                ErrorCode.UNKNOWN_COLLECTION,
                "Validation failed: Unknown collection: '" + name + "'"));
  }

  /** Every collection, as known within the last second or so. */
  public List<Collection> all() {
    return List.copyOf(current().byName.values());
  }

  /** Every collection that the caller may know of, by name. */
  public List<Collection> all(Caller caller) {
    return refresh().byName.values().stream().filter(c -> caller.sees(c.name())).toList();
  }

  /** Adds a collection; 409 when the name is taken, 422 when there are too many. */
  Collection create(Collection collection, int most) {
    int added =
        database.inTransaction(handle -> {
          handle.execute("LOCK TABLE collection IN SHARE ROW EXCLUSIVE MODE");
          int count =
              handle.createQuery("SELECT count(*) FROM collection").mapTo(Integer.class).one();
          if (count >= most) {
            throw AidbException.invalid(
                "name",
                "max_items",
                "there are " + most + " collections already; delete one first");
          }
          return handle
              .createUpdate(
                  """
                  INSERT INTO collection (name, description, dimension, model, chunking, fusion, retention)
                  VALUES (:name, :description, :dimension, :model, :chunking::jsonb, :fusion::jsonb,
                          :retention::jsonb)
                  ON CONFLICT (name) DO NOTHING
                  """)
              .bind("name", collection.name())
              .bind("description", collection.description())
              .bind("dimension", collection.dimension())
              .bind("model", collection.model())
              .bind("chunking", Json.text(collection.chunking()))
              .bind("fusion", Json.text(collection.fusion()))
              .bind("retention", Json.text(collection.retention()))
              .execute();
        });
    if (added == 0) {
      throw new AidbException(
          ErrorCode.CONFLICT, "The collection '" + collection.name() + "' exists already");
    }
    return java.util.Objects.requireNonNull(refresh().byName.get(collection.name()));
  }

  /** Forgets what was read, after a change. */
  Snapshot refresh() {
    long now = System.nanoTime();
    Map<String, Collection> read = new TreeMap<>();
    database
        .withHandle(handle ->
            handle
                .createQuery(
                    """
                    SELECT name, description, dimension, model, chunking::text, fusion::text, retention::text,
                           built_in, created_at
                    FROM collection
                    """)
                .map(CollectionRegistry::row)
                .list())
        .forEach(c -> read.put(c.name(), c));
    Snapshot mine = new Snapshot(java.util.Collections.unmodifiableMap(read), true, now);
    publish(mine);
    return mine;
  }

  /** A reading that began earlier may end later: it must not bring back what was deleted since. */
  private synchronized void publish(Snapshot mine) {
    if (!snapshot.wasRead || mine.readAt - snapshot.readAt > 0) {
      snapshot = mine;
    }
  }

  /**
   * What was read within the last second; of many that find it old, one reads and all others don't
   * wait.
   */
  private Snapshot current() {
    Snapshot last = snapshot;
    boolean fresh = last.wasRead && System.nanoTime() - last.readAt < FRESH.toNanos();
    if (fresh || (last.wasRead && !refreshing.tryLock())) {
      return last;
    }
    try {
      return refresh();
    } finally {
      if (refreshing.isHeldByCurrentThread()) {
        refreshing.unlock();
      }
    }
  }

  private static Collection row(ResultSet rs, StatementContext context) throws SQLException {
    return new Collection(
        rs.getString("name"),
        rs.getString("description"),
        rs.getInt("dimension"),
        rs.getString("model"),
        chunking(Json.readObject(rs.getString("chunking"))),
        fusion(Json.readObject(rs.getString("fusion"))),
        Json.readObject(rs.getString("retention")),
        rs.getBoolean("built_in"),
        rs.getTimestamp("created_at").toInstant());
  }

  private static ChunkingPolicy chunking(Map<String, Object> stored) {
    ChunkingPolicy usual = ChunkingPolicy.DEFAULT;
    return new ChunkingPolicy(
        number(stored, "max_tokens", usual.maxTokens()).intValue(),
        number(stored, "overlap_tokens", usual.overlapTokens()).intValue());
  }

  private static Fusion fusion(Map<String, Object> stored) {
    Fusion usual = Fusion.USUAL;
    return new Fusion(
        number(stored, "dense_weight", usual.denseWeight()).doubleValue(),
        number(stored, "keyword_weight", usual.keywordWeight()).doubleValue(),
        number(stored, "k", usual.k()).intValue(),
        number(stored, "depth", usual.depth()).intValue());
  }

  /** A setting that an earlier release didn't store has today's usual value. */
  private static Number number(Map<String, Object> stored, String key, Number usual) {
    return stored.get(key) instanceof Number number ? number : usual;
  }
}
