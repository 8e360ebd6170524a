package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.documents.ReservedPaths;
import dev.aidb.documents.Status;
import dev.aidb.index.ArmPage;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.VectorIndex;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import dev.aidb.store.LogPosition;
import dev.aidb.store.Vectors;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Finds what is near a new solution: by the index, and by the rows of what the index has yet to
 * see. The index knows all that the change log has up to a position; what was committed later, here
 * or on another node, is read from the log's tail. Solutions that wait for approval are in no
 * index; they are read from the rows.
 */
final class Surroundings {
  /** So many records of the index are compared; garbage collection compares all. */
  static final int NEAR_MAX = 32;

  /** Queries further apart than this are of different things. */
  static final double NEAR = 0.95;

  /**
   * So many of the latest changes are read where the index is far behind, or of solutions that wait
   * for approval.
   */
  private static final int ROWS_MAX = 2_000;

  private static final Duration COME_BACK = Duration.ofSeconds(5);

  private final Database database;
  private final VectorIndex index;
  private final Projection projection;

  Surroundings(Database database, VectorIndex index, Projection projection) {
    this.database = database;
    this.index = index;
    this.projection = projection;
  }

  /**
   * What was found.
   *
   * @param from the position in the log from which on rows were read
   * @param read the chunks of these rows
   * @param similarity the cosine of the nearest record, 0 for none
   * @param near the solutions that may be the same, the nearest first
   */
  record View(LogPosition from, Set<UUID> read, double similarity, List<Near> near) {}

  /** A chunk and its cosine to the new query. */
  private record Scored(UUID chunk, double similarity) {}

  /**
   * Looks round.
   *
   * @param vector the new query's, of length 1
   * @param statuses of which solutions
   * @throws AidbException UNAVAILABLE while the index can't be asked
   */
  View look(float[] vector, Set<Status> statuses) {
    LogPosition from = projection.applied().orElseThrow(Surroundings::unavailable);
    ArmPage indexed =
        index.dense(
            new DenseQuery(
                ReservedPaths.SOLUTIONS_COLLECTION, vector, RecordFilter.ALL, 0, 0, NEAR_MAX));
    if (projection.applied().isEmpty()) {
      throw unavailable(); // it was emptied meanwhile, and what it said isn't all
    }
    return database.withHandle(handle -> {
      Map<UUID, Double> scores = new HashMap<>();
      indexed.hits().forEach(hit -> scores.put(hit.id(), hit.score()));
      List<Scored> tail = tail(handle, from, vector, statuses, Set.of());
      tail.forEach(scored -> scores.put(scored.chunk, scored.similarity));
      if (statuses.contains(Status.PENDING)) {
        pending(handle, vector).forEach(scored -> scores.put(scored.chunk, scored.similarity));
      }
      Set<UUID> read = new HashSet<>();
      tail.forEach(scored -> read.add(scored.chunk));
      return new View(from, read, nearest(scores.values()), near(handle, scores, statuses));
    });
  }

  /**
   * Looks at what was committed since, from within the transaction that holds the order of inserts.
   *
   * @return the cosine of the nearest record, 0 for none; empty when one that the view didn't have
   *     is so near that it has to be compared
   */
  OptionalDouble since(Handle handle, View view, float[] vector, Set<Status> statuses) {
    List<Scored> later = tail(handle, view.from, vector, statuses, view.read);
    double nearest = later.stream().mapToDouble(Scored::similarity).max().orElse(0);
    return nearest > NEAR
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(view.similarity, nearest));
  }

  /**
   * The latest changes after a position, but for those of some records. These are left out of what
   * the bound lets through: where the log is longer than that, an older change doesn't take their
   * place and look like a new one.
   */
  private static List<Scored> tail(
      Handle handle, LogPosition from, float[] vector, Set<Status> statuses, Set<UUID> without) {
    return handle
        .createQuery(
            """
            SELECT c.id, c.embedding
            FROM (SELECT DISTINCT l.record_id
                  FROM (SELECT record_id FROM change_log
                        WHERE (xid, sequence) > (CAST(:xid AS text)::xid8, :sequence)
                          AND collection = :collection
                        ORDER BY xid DESC, sequence DESC LIMIT :most) l
                  WHERE l.record_id <> ALL(:without)) changed
            JOIN chunk c ON c.id = changed.record_id
            JOIN solution s ON s.id = c.document_id
            JOIN document d ON d.id = s.id
            WHERE d.status = ANY(:statuses)
            """)
        .bind("xid", Long.toString(from.xid()))
        .bind("sequence", from.sequence())
        .bind("collection", ReservedPaths.SOLUTIONS_COLLECTION)
        .bindArray("without", UUID.class, List.copyOf(without))
        .bindArray("statuses", String.class, names(statuses))
        .bind("most", ROWS_MAX)
        .map((row, context) ->
            new Scored(
                row.getObject(1, UUID.class), cosine(vector, Vectors.fromBytes(row.getBytes(2)))))
        .list();
  }

  private static List<Scored> pending(Handle handle, float[] vector) {
    return handle
        .createQuery(
            """
            SELECT c.id, c.embedding
            FROM (SELECT id FROM document
                  WHERE collection = :collection AND status = 'pending'
                  ORDER BY id DESC LIMIT :most) d
            JOIN solution s ON s.id = d.id
            JOIN chunk c ON c.document_id = s.id
            """)
        .bind("collection", ReservedPaths.SOLUTIONS_COLLECTION)
        .bind("most", ROWS_MAX)
        .map((row, context) ->
            new Scored(
                row.getObject(1, UUID.class), cosine(vector, Vectors.fromBytes(row.getBytes(2)))))
        .list();
  }

  /** The solutions among the chunks that are near enough, the nearest first, ties by id. */
  private static List<Near> near(Handle handle, Map<UUID, Double> scores, Set<Status> statuses) {
    List<UUID> chunks =
        scores.entrySet().stream()
            .filter(entry -> entry.getValue() > NEAR)
            .sorted(Map.Entry.<UUID, Double>comparingByValue().reversed())
            .limit(NEAR_MAX)
            .map(Map.Entry::getKey)
            .toList();
    if (chunks.isEmpty()) {
      return List.of();
    }
    return handle
        .createQuery(
            """
            SELECT c.id AS chunk, s.id, d.content
            FROM chunk c JOIN solution s ON s.id = c.document_id JOIN document d ON d.id = s.id
            WHERE c.id = ANY(:chunks) AND d.status = ANY(:statuses)
            """)
        .bindArray("chunks", UUID.class, chunks)
        .bindArray("statuses", String.class, names(statuses))
        .map((row, context) ->
            new Near(
                row.getObject("id", UUID.class),
                scores.getOrDefault(row.getObject("chunk", UUID.class), 0.0),
                row.getString("content")))
        .list()
        .stream()
        .sorted(Comparator.comparingDouble(Near::similarity).reversed().thenComparing(Near::id))
        .toList();
  }

  private static double nearest(Collection<Double> scores) {
    return scores.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  private static List<String> names(Set<Status> statuses) {
    return statuses.stream().map(Status::wireName).toList();
  }

  /** Of two vectors of length 1; of vectors of two models it is none. */
  static double cosine(float[] a, float[] b) {
    if (a.length != b.length) {
      return 0;
    }
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  private static AidbException unavailable() {
    return AidbException.unavailable(
        "The search index is unavailable, and what is learned can't be compared with what is known",
        COME_BACK,
        null);
  }
}
