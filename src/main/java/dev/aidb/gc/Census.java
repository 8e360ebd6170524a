package dev.aidb.gc;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads how solutions stand. */
final class Census {
  private static final int FETCHED = 2_000;

  /** The chunk that a solution is found by. */
  static final String CHUNK = "0";

  private static final String COLUMNS =
      """
      SELECT s.id, s.value_score, s.uses, s.last_used_at, s.created_at, s.pinned, d.status = 'approved' AS approved
      """;

  private final Database database;

  Census(Database database) {
    this.database = database;
  }

  /**
   * All solutions as of one moment. What was read is counted, so that a reading that ends early is
   * a failure and never a smaller collection.
   */
  List<Standing> all() {
    return database.inTransaction(handle -> {
      handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      return all(handle);
    });
  }

  private static List<Standing> all(Handle handle) {
    long count = count(handle);
    List<Standing> solutions = new ArrayList<>(Math.toIntExact(count));
    handle
        .createQuery(COLUMNS + " FROM solution s JOIN document d ON d.id = s.id")
        .setFetchSize(FETCHED)
        .map(Census::standing)
        .forEach(solutions::add);
    if (solutions.size() != count) {
      throw new AidbException(
          ErrorCode.INTERNAL, "Only a part of the solutions could be read; nothing was removed");
    }
    return solutions;
  }

  static long count(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM solution").mapTo(Long.class).one();
  }

  /**
   * A solution as it stands now, locked until the transaction ends.
   *
   * @param vector of its query, where it has one
   */
  record Locked(Standing standing, Optional<float[]> vector) {}

  /** Locks documents in the order of their ids, then their solutions; those that are gone lack. */
  Map<UUID, Locked> lock(Handle handle, Collection<UUID> ids) {
    List<UUID> wanted = List.copyOf(ids);
    List<UUID> there =
        handle
            .createQuery("SELECT id FROM document WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
            .bindArray("ids", UUID.class, wanted)
            .mapTo(UUID.class)
            .list();
    Map<UUID, Locked> locked = LinkedHashMap.newLinkedHashMap(there.size());
    handle
        .createQuery(
            COLUMNS
                + """
                , (SELECT c.embedding FROM chunk c WHERE c.document_id = s.id AND c.chunk = :chunk) AS embedding
                FROM solution s JOIN document d ON d.id = s.id
                WHERE s.id = ANY(:ids)
                ORDER BY s.id
                FOR UPDATE OF s
                """)
        .bind("chunk", CHUNK)
        .bindArray("ids", UUID.class, there)
        .map((row, context) ->
            new Locked(
                standing(row, context),
                Optional.ofNullable(row.getBytes("embedding")).map(Vectors::fromBytes)))
        .forEach(each -> locked.put(each.standing().id(), each));
    return locked;
  }

  private static Standing standing(ResultSet row, StatementContext context) throws SQLException {
    return new Standing(
        row.getObject("id", UUID.class),
        row.getDouble("value_score"),
        row.getLong("uses"),
        moment(row, "last_used_at"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getBoolean("pinned"),
        row.getBoolean("approved"));
  }

  static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
