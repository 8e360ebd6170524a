package dev.aidb.gc;

import dev.aidb.core.IdSource;
import dev.aidb.core.UuidV7Source;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.index.VectorIndex;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.learning.Inheritance;
import dev.aidb.projection.Projection;
import dev.aidb.similarity.NearDuplicates;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Leases;
import dev.aidb.store.Vectors;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A database with solutions, an index that follows it, and collectors over both. */
final class Shelf implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SOON = Duration.ofMillis(50);

  final Database database = PostgresForTests.freshDatabase();
  final ChangeLog log = new ChangeLog(database);
  final IdSource ids = UuidV7Source.system();
  final VectorIndex index;
  final Projection projection;
  final List<String> alarms = new CopyOnWriteArrayList<>();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final GcMetrics metrics = new GcMetrics(registry);
  private final Path scratch;
  private final List<Collector> collectors = new ArrayList<>();

  Shelf(Path directory) {
    this(directory, index -> index);
  }

  Shelf(Path directory, UnaryOperator<VectorIndex> wrapped) {
    try {
      scratch = java.nio.file.Files.createDirectories(directory.resolve("scratch"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    index = wrapped.apply(LuceneIndex.open(directory.resolve("index")));
    database.useHandle(handle ->
        handle.execute(
            "INSERT INTO collection (name, dimension, model) VALUES ('solved_issues', 8, 'test')"));
    projection =
        new Projection(
            database,
            log,
            index,
            () -> {},
            new Projection.Settings(SOON, Duration.ofSeconds(1), UUID.randomUUID()));
    projection.start();
  }

  static Rules rules(int maxSolutions) {
    return PlannerTest.rules(maxSolutions);
  }

  Collector collector(Rules rules) {
    return collector(rules, place -> {});
  }

  Collector collector(Rules rules, Checkpoint checkpoint) {
    return collector(rules, checkpoint, Clock.systemUTC());
  }

  /** One whose clock may be off by at most ten minutes. */
  Collector collector(Rules rules, Checkpoint checkpoint, Clock clock) {
    Collector collector =
        new Collector(
            new Collector.Parts(
                database,
                log,
                projection,
                new Leases(database),
                new Inheritance(),
                new NearDuplicates(scratch, 1, 10_000)::survivors,
                ids,
                clock,
                alarms::add),
            new Collector.Settings(
                rules,
                3,
                Duration.ofMillis(1),
                Duration.ofMillis(500),
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                50,
                20,
                Optional.of(Duration.ofMinutes(10))),
            metrics,
            checkpoint);
    collectors.add(collector);
    return collector;
  }

  static Request asked(boolean dryRun, Task... tasks) {
    return new Request(
        java.util.Set.of(tasks.length == 0 ? Task.values() : tasks),
        dryRun,
        false,
        "key:test",
        "request-1",
        java.util.Optional.empty());
  }

  static Request forced() {
    return new Request(
        java.util.Set.of(Task.values()), false, true, "key:test", "", java.util.Optional.empty());
  }

  /** Begins a run and waits for its end. */
  Run run(Collector collector, Request request) {
    return awaited(collector, collector.begin(request));
  }

  Run awaited(Collector collector, UUID id) {
    try {
      collector.await(id, PATIENCE);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return collector.runs().find(id).orElseThrow();
  }

  /** A solution in the making. */
  record Draft(
      double value,
      int days,
      long uses,
      long feedbacks,
      boolean pinned,
      int usedDaysAgo,
      float[] vector) {
    static Draft of(double value, int days) {
      return new Draft(value, days, 0, 0, false, -1, new float[0]);
    }

    Draft vector(float... vector) {
      return new Draft(value, days, uses, feedbacks, pinned, usedDaysAgo, vector);
    }

    Draft used(long uses, int daysAgo) {
      return new Draft(value, days, uses, feedbacks, pinned, daysAgo, vector);
    }

    Draft judged(long feedbacks) {
      return new Draft(value, days, uses, feedbacks, pinned, usedDaysAgo, vector);
    }

    Draft pin() {
      return new Draft(value, days, uses, feedbacks, true, usedDaysAgo, vector);
    }
  }

  /** One of the eight axes, each at right angles to the others. */
  static float[] axis(int number) {
    float[] vector = new float[8];
    vector[number] = 1;
    return vector;
  }

  private static float[] anywhere(UUID id) {
    Random random = new Random(id.getLeastSignificantBits());
    float[] vector = new float[8];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return dev.aidb.core.UnitVectors.normalised(vector);
  }

  UUID put(double value, int days) {
    return put(Draft.of(value, days));
  }

  /** Stores a solution as learning does: a document with one chunk, and its row. */
  UUID put(Draft draft) {
    UUID id = ids.next();
    UUID chunk = ids.next();
    float[] vector = draft.vector.length == 0 ? anywhere(id) : draft.vector;
    Instant created =
        Instant.now().minus(Duration.ofDays(draft.days)).truncatedTo(ChronoUnit.MICROS);
    try (Projection.Ticket ticket = projection.begin()) {
      long version =
          database.inTransaction(handle -> {
            handle.execute(
                """
                INSERT INTO document (id, collection, project, path, title, content, content_type, metadata,
                                      status, checksum, created_at, updated_at)
                VALUES (?, 'solved_issues', 'default', ?, ?, 'a solution', 'text/markdown',
                        '{"tags": ["a", 1.50, {"b": null}]}', 'approved', '\\x0102', ?, ?)
                """,
                id,
                "solutions/" + id,
                "how to " + id,
                created,
                created);
            long number =
                handle
                    .createQuery(
                        """
                        INSERT INTO chunk (id, document_id, chunk, content, embedding, version, created_at)
                        VALUES (:id, :document, '0', 'a solution', :embedding, nextval('record_version'), :created)
                        RETURNING version
                        """)
                    .bind("id", chunk)
                    .bind("document", id)
                    .bind("embedding", Vectors.toBytes(vector))
                    .bind("created", created)
                    .mapTo(Long.class)
                    .one();
            handle.execute(
                """
                INSERT INTO solution (id, digest, value_score, base_score, outcome, uses, feedbacks, feedback_sum,
                                      feedback_weight, last_used_at, pinned, learned_by, created_at)
                VALUES (?, ?, ?, 0.123456789012345678, 'success', ?, ?, ?, ?, ?, ?, 'key:a', ?)
                """,
                id,
                digest(id),
                draft.value,
                draft.uses,
                draft.feedbacks,
                draft.feedbacks / 3.0,
                (double) draft.feedbacks,
                draft.usedDaysAgo < 0
                    ? null
                    : Instant.now()
                        .minus(Duration.ofDays(draft.usedDaysAgo))
                        .truncatedTo(ChronoUnit.MICROS),
                draft.pinned,
                created);
            log.append(handle, List.of(new ChangeLog.Entry("solved_issues", chunk, number)));
            return number;
          });
      ticket.reload(Map.of(chunk, version));
    }
    return id;
  }

  static byte[] digest(UUID id) {
    return ByteBuffer.allocate(32)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  /** Puts an entry into the index that no row stands behind. */
  UUID orphan(Duration age) {
    UUID id =
        new UuidV7Source(
                Clock.fixed(Instant.now().minus(age), java.time.ZoneOffset.UTC), new Random())
            .next();
    index.apply(
        List.of(
            new IndexChange.Put(
                new IndexedRecord(
                    id, 1, "solved_issues", "default", id, "t", "c", Map.of(), anywhere(id)))));
    return id;
  }

  List<UUID> solutions() {
    return list("SELECT id FROM solution ORDER BY id");
  }

  List<UUID> list(String sql) {
    return database.withHandle(handle -> handle.createQuery(sql).mapTo(UUID.class).list());
  }

  long number(String sql) {
    return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }

  <T> T one(String sql, Class<T> type) {
    return database.withHandle(handle -> handle.createQuery(sql).mapTo(type).one());
  }

  List<UUID> indexed() {
    List<UUID> indexed = new ArrayList<>();
    index.entries("solved_issues", entry -> indexed.add(entry.id()));
    return indexed;
  }

  /** Everything that is stored of a solution, as text, but the versions of its chunks. */
  String rows(UUID id) {
    Function<String, String> text =
        sql ->
            database.withHandle(handle ->
                handle.createQuery(sql).bind("id", id).mapTo(String.class).list().toString());
    return text.apply("SELECT d::text FROM document d WHERE id = :id")
        + text.apply(
            "SELECT (c.id, c.document_id, c.chunk, c.content, c.metadata, c.embedding, c.created_at)::text FROM chunk c WHERE document_id = :id ORDER BY id")
        + text.apply("SELECT s::text FROM solution s WHERE id = :id")
        + text.apply(
            "SELECT (source, record_id, similarity, value_score, uses, feedbacks, actor, at)::text FROM solution_lineage WHERE survivor = :id ORDER BY sequence");
  }

  @Override
  public void close() {
    collectors.forEach(Collector::close);
    projection.close();
    index.close();
    database.close();
  }
}
