package dev.aidb.gc;

import dev.aidb.similarity.VectorSource;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The vectors of solutions' queries in a given order, read a thousand at a time. A solution that
 * went meanwhile, or that has no vector of the others' dimension, is passed over.
 */
final class QueryVectors implements VectorSource {
  private static final int READ = 1_000;

  private final Database database;
  private final List<Standing> wanted;
  private final Deque<Found> ahead = new ArrayDeque<>();
  private final List<Standing> given = new ArrayList<>();
  private final int dimension;
  private int asked;

  private record Found(Standing solution, float[] vector) {}

  QueryVectors(Database database, List<Standing> wanted) {
    this.database = database;
    this.wanted = wanted;
    fill();
    this.dimension = ahead.isEmpty() ? 1 : ahead.getFirst().vector().length;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public boolean next(float[] vector) {
    while (true) {
      if (ahead.isEmpty()) {
        fill();
      }
      if (ahead.isEmpty()) {
        return false;
      }
      Found found = ahead.removeFirst();
      if (found.vector().length == dimension) {
        System.arraycopy(found.vector(), 0, vector, 0, dimension);
        given.add(found.solution());
        return true;
      }
    }
  }

  /** Those whose vectors were handed out, in that order. */
  List<Standing> given() {
    return given;
  }

  private void fill() {
    while (ahead.isEmpty() && asked < wanted.size()) {
      List<Standing> part = wanted.subList(asked, Math.min(asked + READ, wanted.size()));
      asked += part.size();
      Map<UUID, float[]> vectors = read(part);
      for (Standing solution : part) {
        float[] vector = vectors.get(solution.id());
        if (vector != null) {
          ahead.add(new Found(solution, vector));
        }
      }
    }
  }

  private Map<UUID, float[]> read(List<Standing> part) {
    Map<UUID, float[]> vectors = HashMap.newHashMap(part.size());
    database.useHandle(handle ->
        handle
            .createQuery(
                """
                SELECT document_id, embedding FROM chunk
                WHERE document_id = ANY(:ids) AND chunk = :chunk
                """)
            .bindArray("ids", UUID.class, part.stream().map(Standing::id).toList())
            .bind("chunk", Census.CHUNK)
            .map((row, context) ->
                Map.entry(row.getObject(1, UUID.class), Vectors.fromBytes(row.getBytes(2))))
            .forEach(row -> vectors.put(row.getKey(), row.getValue())));
    return vectors;
  }
}
