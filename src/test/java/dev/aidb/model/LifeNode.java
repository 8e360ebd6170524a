package dev.aidb.model;

import dev.aidb.core.CronSchedule;
import dev.aidb.core.Deadline;
import dev.aidb.core.IdSource;
import dev.aidb.core.UuidV7Source;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.gc.Collector;
import dev.aidb.gc.Figures;
import dev.aidb.gc.GcMetrics;
import dev.aidb.gc.GcOperations;
import dev.aidb.gc.Rules;
import dev.aidb.gc.Timetable;
import dev.aidb.index.VectorIndex;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.learning.Inheritance;
import dev.aidb.learning.Learning;
import dev.aidb.learning.Uses;
import dev.aidb.operation.Call;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Scope;
import dev.aidb.projection.Projection;
import dev.aidb.similarity.NearDuplicates;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Leases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Learning and garbage collection over a database and an index, by their operations. */
final class LifeNode implements AutoCloseable {
  private static final Caller CALLER =
      new Caller("key:life", Set.of(Scope.READ, Scope.WRITE, Scope.ADMIN), Optional.empty());
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * @param batch how many records a transaction of a run takes
   * @param pauseMax the longest pause between two of them
   * @param lease after how long another takes a run over
   * @param upkeep how often the change log is cut
   */
  record Settings(Rules rules, int batch, Duration pauseMax, Duration lease, Duration upkeep) {}

  final Database database;
  final VectorIndex index;
  final Projection projection;
  final IdSource ids;
  private final Embedder embedder;
  private final Learning learning;
  private final Collector collector;
  private final Timetable timetable;
  private final Map<String, Operation<?, ?>> operations = new HashMap<>();

  LifeNode(
      Database database,
      Path directory,
      ClusterModel model,
      LifeClock clock,
      Random random,
      UnaryOperator<VectorIndex> wrapped,
      Settings settings) {
    this.database = database;
    this.ids = new UuidV7Source(clock, random);
    this.embedder =
        new Embedder(
            model, EmbedderSettings.inProcess(1), new EmbeddingMetrics(new PrometheusRegistry()));
    CollectionRegistry collections = new CollectionRegistry(database);
    collections.ensureBuiltIns(model.name(), model.dimension());
    this.index = wrapped.apply(LuceneIndex.open(directory.resolve("index")));
    ChangeLog log = new ChangeLog(database);
    this.projection =
        new Projection(
            database,
            log,
            index,
            () -> {},
            new Projection.Settings(
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                UUID.randomUUID(),
                settings.upkeep,
                Duration.ofDays(7)));
    projection.start();
    PrometheusRegistry registry = new PrometheusRegistry();
    this.learning =
        new Learning(
                new Learning.Parts(
                    database, collections, embedder, index, projection, ids, clock, registry),
                false,
                new Uses.Bounds(Duration.ofMillis(5), 10_000, 500, Duration.ofSeconds(5)))
            .start();
    GcMetrics metrics = new GcMetrics(registry);
    this.collector =
        new Collector(
            new Collector.Parts(
                database,
                log,
                projection,
                new Leases(database),
                new Inheritance(),
                new NearDuplicates(scratch(directory), 1, 10_000_000)::survivors,
                ids,
                clock,
                problem -> {}),
            new Collector.Settings(
                settings.rules,
                settings.batch,
                settings.pauseMax,
                settings.lease,
                Duration.ofMinutes(10),
                Duration.ofMinutes(1),
                1_000,
                20,
                Optional.empty()), // the clock of a life isn't the database's
            metrics);
    Figures figures = new Figures(database, settings.rules.maxSolutions(), metrics);
    this.timetable = // not started: a life says itself when it is night
        new Timetable(
            collector,
            figures,
            clock,
            new Timetable.Settings(
                true, CronSchedule.parse("0 2 * * *"), ZoneOffset.UTC, Duration.ofSeconds(30)));
    List.of(learning.operations(), new GcOperations(collector, figures, timetable).operations())
        .forEach(all -> all.forEach(one -> operations.put(one.name(), one)));
  }

  private static Path scratch(Path directory) {
    try {
      return Files.createDirectories(directory.resolve("scratch"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls an operation as a client with every right does. */
  <I extends Record, O> O call(String name, I input, Class<O> answer) {
    Operation<?, ?> operation = operations.get(name);
    if (operation == null) {
      throw new IllegalArgumentException(name);
    }
    @SuppressWarnings("unchecked")
    Handler.Unary<I, O> handler = (Handler.Unary<I, O>) operation.handler();
    return answer.cast(
        handler.handle(input, new Call("life", CALLER, Deadline.in(PATIENCE))).body());
  }

  @Override
  public void close() {
    timetable.close();
    collector.close();
    learning.close();
    projection.close();
    index.close();
    embedder.close();
    database.close();
  }
}
