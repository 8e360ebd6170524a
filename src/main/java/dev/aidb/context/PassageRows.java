package dev.aidb.context;

import dev.aidb.operation.Caller;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Reads passages from the rows: only approved ones, and only those that the caller may see. */
final class PassageRows {
  /** So much of a record is read; a context quotes less. */
  static final int CHARACTERS_MAX = 16_384;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  /** What adjoining chunks share at most. */
  private static final int OVERLAP_MAX = 2_000;

  private final Database database;

  PassageRows(Database database) {
    this.database = database;
  }

  /** The names of those collections that hold something that can be found. */
  List<String> filled(Collection<String> names) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT name FROM unnest(:names) AS n (name)
                WHERE EXISTS (SELECT 1 FROM document d
                              WHERE d.collection = n.name AND d.status = 'approved')
                """)
            .bindArray("names", String.class, List.copyOf(names))
            .mapTo(String.class)
            .list());
  }

  /** The passages that there still are, by id. */
  Map<UUID, Passage> read(Collection<UUID> ids, Caller caller) {
    return ids.isEmpty() ? Map.of() : database.withHandle(handle -> read(handle, ids, caller));
  }

  /** The same on a connection that the caller holds. */
  Map<UUID, Passage> read(Handle handle, Collection<UUID> ids, Caller caller) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<UUID, Passage> found = HashMap.newHashMap(ids.size());
    handle
        .createQuery(
            """
            SELECT c.id, c.document_id, c.chunk, d.collection, d.project, d.title, c.embedding,
                   left(c.content, :max) AS content, length(c.content) > :max AS clipped,
                   d.updated_at, s.value_score,
                   coalesce(m.labels ->> 'suspicious_kind',
                            CASE WHEN m.labels ->> 'suspicious' = 'true' THEN 'instructions' END)
                     AS suspicious
            FROM chunk c
            JOIN document d ON d.id = c.document_id
            LEFT JOIN solution s ON s.id = d.id
            CROSS JOIN LATERAL (SELECT d.metadata || coalesce(c.metadata, '{}') AS labels) m
            WHERE c.id = ANY(:ids) AND d.status = 'approved'
            """)
        .bind("max", CHARACTERS_MAX)
        .bindArray("ids", UUID.class, List.copyOf(new HashSet<>(ids)))
        .map((rs, context) -> passage(rs))
        .forEach(passage -> {
          if (caller.sees(passage.collection())) {
            found.put(passage.id(), passage);
          }
        });
    return found;
  }

  private static Passage passage(ResultSet rs) throws SQLException {
    Double value = rs.getObject("value_score", Double.class);
    return new Passage(
        rs.getObject("id", UUID.class),
        rs.getObject("document_id", UUID.class),
        rs.getString("chunk"),
        rs.getString("collection"),
        rs.getString("project"),
        rs.getString("title"),
        rs.getString("content"),
        rs.getBoolean("clipped"),
        Vectors.fromBytes(rs.getBytes("embedding")),
        rs.getTimestamp("updated_at").toInstant(),
        value == null ? OptionalDouble.empty() : OptionalDouble.of(value),
        Optional.ofNullable(rs.getString("suspicious")));
  }

  /** The passages with the chunks before and after them, where the server made the chunks. */
  List<Passage> widened(Handle handle, List<Passage> passages) {
    List<UUID> documents = new ArrayList<>();
    List<String> chunks = new ArrayList<>();
    for (Passage passage : passages) {
      if (NUMBER.matcher(passage.chunk()).matches()) {
        int number = Integer.parseInt(passage.chunk());
        for (int near : new int[] {number - 1, number + 1}) {
          documents.add(passage.document());
          chunks.add(Integer.toString(near));
        }
      }
    }
    Map<Neighbour, String> texts =
        documents.isEmpty() ? Map.of() : texts(handle, documents, chunks);
    return passages.stream().map(passage -> widened(passage, texts)).toList();
  }

  private record Neighbour(UUID document, String chunk) {}

  private static Map<Neighbour, String> texts(
      Handle handle, List<UUID> documents, List<String> chunks) {
    Map<Neighbour, String> texts = new HashMap<>();
    handle
        .createQuery(
            """
            SELECT c.document_id, c.chunk, left(c.content, :max) AS content
            FROM unnest(:documents, :chunks) AS near (document, chunk)
            JOIN chunk c ON c.document_id = near.document AND c.chunk = near.chunk
            """)
        .bind("max", CHARACTERS_MAX)
        .bindArray("documents", UUID.class, documents)
        .bindArray("chunks", String.class, chunks)
        .map((rs, context) ->
            Map.entry(
                new Neighbour(rs.getObject("document_id", UUID.class), rs.getString("chunk")),
                rs.getString("content")))
        .forEach(entry -> texts.put(entry.getKey(), entry.getValue()));
    return texts;
  }

  private static Passage widened(Passage passage, Map<Neighbour, String> texts) {
    if (!NUMBER.matcher(passage.chunk()).matches() || passage.clipped()) {
      return passage;
    }
    int number = Integer.parseInt(passage.chunk());
    String before =
        texts.getOrDefault(new Neighbour(passage.document(), Integer.toString(number - 1)), "");
    String after =
        texts.getOrDefault(new Neighbour(passage.document(), Integer.toString(number + 1)), "");
    return passage.withText(joined(joined(before, passage.text()), after));
  }

  /** Adjoining texts as one, without repeating what both hold. */
  static String joined(String first, String second) {
    if (first.isEmpty() || second.isEmpty()) {
      return first + second;
    }
    for (int shared = Math.min(OVERLAP_MAX, Math.min(first.length(), second.length()));
        shared >= 8;
        shared--) {
      if (first.regionMatches(first.length() - shared, second, 0, shared)) {
        return first + second.substring(shared);
      }
    }
    return first + (first.endsWith("\n") ? "" : "\n") + second;
  }
}
