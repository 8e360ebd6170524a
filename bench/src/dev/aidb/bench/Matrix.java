package dev.aidb.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Every vector of a collection, read from the rows, for answers that are exact by construction. */
final class Matrix {
  /**
   * A record.
   *
   * @param size the number of metadata's {@code size}
   */
  record Row(UUID id, float[] vector, long size) {}

  private record Scored(UUID id, double cosine) {}

  private final List<Row> rows;

  private Matrix(List<Row> rows) {
    this.rows = rows;
  }

  static Matrix read(Connection database) throws SQLException {
    List<Row> rows = new ArrayList<>();
    database.setAutoCommit(false);
    try (Statement statement = database.createStatement()) {
      statement.setFetchSize(1_000);
      try (ResultSet found =
          statement.executeQuery(
              """
              SELECT c.id, c.embedding, coalesce((d.metadata ->> 'size')::bigint, 0)
              FROM chunk c JOIN document d ON d.id = c.document_id
              WHERE d.collection = 'nixos_docs'
              """)) {
        while (found.next()) {
          rows.add(
              new Row(
                  found.getObject(1, UUID.class), floats(found.getBytes(2)), found.getLong(3)));
        }
      }
    }
    return new Matrix(rows);
  }

  private static float[] floats(byte[] bytes) {
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  int count() {
    return rows.size();
  }

  /** The size below which so much of all records (0..1) lies. */
  long sizeAt(double share) {
    long[] sizes = rows.stream().mapToLong(Row::size).sorted().toArray();
    return sizes[(int) (share * sizes.length)];
  }

  /** The nearest records for each query, by a plain scan. */
  List<Set<UUID>> nearest(List<float[]> queries, int k, Predicate<Row> filter) {
    List<Row> accepted = rows.stream().filter(filter).toList();
    return IntStream.range(0, queries.size())
        .parallel()
        .mapToObj(i -> nearest(queries.get(i), k, accepted))
        .toList();
  }

  private static Set<UUID> nearest(float[] query, int k, List<Row> rows) {
    PriorityQueue<Scored> best =
        new PriorityQueue<>(Comparator.comparingDouble(Scored::cosine));
    for (Row row : rows) {
      double cosine = dot(query, row.vector());
      if (best.size() < k) {
        best.add(new Scored(row.id(), cosine));
      } else if (cosine > best.element().cosine()) {
        best.remove();
        best.add(new Scored(row.id(), cosine));
      }
    }
    Set<UUID> ids = new HashSet<>();
    best.forEach(scored -> ids.add(scored.id()));
    return ids;
  }

  private static float dot(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = 0; i < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    return s0 + s1 + s2 + s3;
  }
}
