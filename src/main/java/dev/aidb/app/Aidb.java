package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.context.ContextMetrics;
import dev.aidb.context.ContextOperations;
import dev.aidb.context.SessionSettings;
import dev.aidb.core.ErrorSink;
import dev.aidb.core.IdSource;
import dev.aidb.core.StartFailure;
import dev.aidb.core.UuidV7Source;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.documents.Knowledge;
import dev.aidb.documents.StreamBounds;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.embedding.EmbeddingOperations;
import dev.aidb.guard.Admission;
import dev.aidb.health.Health;
import dev.aidb.health.HealthMetrics;
import dev.aidb.health.StartupState;
import dev.aidb.health.StartupState.Stage;
import dev.aidb.http.DocsRoutes;
import dev.aidb.http.HttpServer;
import dev.aidb.http.HttpSettings;
import dev.aidb.http.PlainRoute;
import dev.aidb.http.ProbeRoutes;
import dev.aidb.index.VectorIndex;
import dev.aidb.index.lucene.IndexUnusable;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.learning.Learning;
import dev.aidb.learning.Uses;
import dev.aidb.limits.RateLimits;
import dev.aidb.llm.LanguageModel;
import dev.aidb.mcp.McpRoutes;
import dev.aidb.metrics.HttpMetrics;
import dev.aidb.metrics.Metrics;
import dev.aidb.metrics.QueryValidationMetrics;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operations;
import dev.aidb.operation.Scope;
import dev.aidb.projection.IndexFigures;
import dev.aidb.projection.IndexOperations;
import dev.aidb.projection.Projection;
import dev.aidb.resilience.Breakers;
import dev.aidb.resilience.WorkLimit;
import dev.aidb.resilience.WorkLimitMetrics;
import dev.aidb.search.Search;
import dev.aidb.search.SearchOperations;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.DataDirectory;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.EmbeddedPostgres;
import dev.aidb.store.EmbeddedSettings;
import dev.aidb.store.Migrations;
import dev.aidb.store.Notifier;
import dev.aidb.store.PoolFigures;
import dev.aidb.store.PoolSettings;
import dev.aidb.store.StoreMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running server: every part of it, started together and stopped in the opposite order. */
public final class Aidb implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Aidb.class.getName());

  private static final Duration INDEX_POLL = Duration.ofSeconds(1);
  private static final Duration INDEX_COMMIT_EVERY = Duration.ofSeconds(5);
  private static final Duration FIRST_PROBES = Duration.ofSeconds(5);
  private static final StreamBounds STREAM = new StreamBounds(32, 50_000, 3, 8_000_000);
  private static final Duration BEGUN_WAIT = Duration.ofSeconds(20);
  private static final int COLLECTIONS_MAX = 1_000;
  private static final long PAGES_BYTES_MAX = 16L << 20;
  private static final long HEADS_BYTES_MAX = 32L << 20;

  /** The parts that are stopped, from the last to the first. */
  private enum Part {
    DATA_DIRECTORY,
    POSTGRES,
    MODEL,
    INDEX,
    POOL,
    TRACKING,
    ENTRANCE,
    NOTIFIER,
    PROJECTION,
    EMBEDDER,
    LEARNING,
    GARBAGE_COLLECTION,
    LANGUAGE_MODEL,
    CONTEXT,
    HEALTH,
    LIMITS,
    HTTP
  }

  private final Map<Part, AutoCloseable> parts = new EnumMap<>(Part.class);
  private final List<Future<?>> begun = new ArrayList<>();
  private final Object closing = new Object();
  private final Config config;
  private final Metrics metrics;
  private final StartupState startup = new StartupState();
  private final Dependencies dependencies = new Dependencies();
  private final Breakers breakers;
  private final Health health;
  private int port;
  private volatile boolean served;
  private volatile ErrorSink failures = ErrorSink.unheeded();

  private Aidb(Config config, String version) {
    this.config = config;
    this.metrics = new Metrics(version);
    this.breakers =
        new Breakers(
            metrics.registry(), Limits.areShared(config), Model.breakerRule(config.embeddings()));
    this.health =
        new Health(
            new Health.Build(version, Instant.now()),
            Clock.systemUTC(),
            startup,
            dependencies.probes(config, metrics.registry()),
            breakers::states,
            new HealthMetrics(metrics.registry()));
  }

  /**
   * Starts a server and returns when it serves.
   *
   * @throws StartFailure when it can't; whatever had started is stopped again
   */
  public static Aidb start(Config config, String version) {
    Aidb aidb = new Aidb(config, version);
    try {
      aidb.startParts(version);
      return aidb;
    } catch (RuntimeException | Error e) {
      aidb.awaitBegun();
      aidb.close();
      throw e;
    }
  }

  /**
   * Lets the parts that are still starting come to an end after another has failed, so that they
   * can be closed: the process must not end while native code is at work.
   */
  private void awaitBegun() {
    long end = System.nanoTime() + BEGUN_WAIT.toNanos();
    for (Future<?> task : begun) {
      try {
        task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.log(Level.DEBUG, "Another part failed to start too", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Takes note of a thread of this process that died of a failure which nobody caught. */
  void died(Thread thread, Throwable failure) {
    String name = thread.getName().isEmpty() ? "thread" : thread.getName();
    LOG.log(Level.ERROR, "A thread died: " + name, failure);
    failures.failed(name, failure);
  }

  /**
   * Says that it isn't ready, goes on serving as long as the configuration says, then stops taking
   * requests, lets those in flight finish, and stops every part.
   */
  @Override
  public void close() {
    synchronized (closing) { // a second caller returns when all is closed
      closeParts();
    }
  }

  private void closeParts() {
    health.stopping();
    if (served) {
      served = false;
      awaitNotice();
    }
    Part[] order = Part.values();
    for (int i = order.length - 1; i >= 0; i--) {
      AutoCloseable part;
      synchronized (parts) {
        part = parts.remove(order[i]);
      }
      if (part != null) {
        stop(order[i], part);
      }
    }
  }

  /** Time for a load balancer to notice. */
  private void awaitNotice() {
    try {
      Thread.sleep(config.server().stopDelay());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody is in a hurry
    }
  }

  private static void stop(Part name, AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.log(Level.WARNING, "Part of the server didn't stop cleanly: " + name, e);
    }
  }

  private void startParts(String version) {
    IdSource ids = UuidV7Source.system();
    DataDirectory data = started(Part.DATA_DIRECTORY, DataDirectory.open(config.dataDir()));

    // What takes its time goes first, side by side.
    Future<DatabaseEndpoint> endpoint = begin("start-database", () -> startDatabase(data));
    Future<Model> loading =
        begin("start-model", () -> started(Part.MODEL, Model.load(config.embeddings(), breakers)));
    Future<LuceneIndex> files =
        begin("start-index", () -> started(Part.INDEX, openIndex(data.index())));
    Tracking tracking = started(Part.TRACKING, new Tracking(config, ids, metrics.registry()));
    failures = tracking.failures();
    Entrance entrance =
        started(Part.ENTRANCE, new Entrance(config, ids, metrics.registry(), tracking.failures()));
    HttpServer http = started(Part.HTTP, listen(ids, entrance, tracking));
    port = http.port();

    DatabaseEndpoint reached = await(endpoint);
    Database database = started(Part.POOL, Database.open(reached, pool()));
    StoreMetrics.register(metrics.registry(), database);
    PoolAdvice.give(database, pool());
    ChangeLog log = new ChangeLog(database);
    Wake wake = new Wake();
    Notifier notifier = started(Part.NOTIFIER, new Notifier(reached, wake::call));
    dependencies.database(database);
    entrance.start(reached, database, data.secrets());
    startup.done(Stage.MIGRATIONS);

    LuceneIndex index = await(files);
    Projection projection =
        started(
            Part.PROJECTION,
            new Projection(
                database,
                log,
                index,
                notifier::signal,
                new Projection.Settings(INDEX_POLL, INDEX_COMMIT_EVERY, NodeId.of(data.root())),
                tracking.failures()));
    projection.start();
    wake.target = projection::wake;
    dependencies.index(index, projection);
    startup.done(Stage.INDEX);

    Model model = await(loading);
    Embedder embedder =
        started(
            Part.EMBEDDER,
            new Embedder(
                model.vectors(), model.bounds(), new EmbeddingMetrics(metrics.registry())));
    dependencies.embedder(embedder);
    startup.done(Stage.MODEL);

    Knowledge knowledge =
        new Knowledge(
            database,
            log,
            projection,
            embedder,
            model.tokenizer(),
            ids,
            new Knowledge.Settings(
                config.ingest().approval() == Config.Approval.REQUIRED, STREAM, COLLECTIONS_MAX));
    describe(database, index, projection, knowledge.collections());
    SearchOperations search =
        new SearchOperations(
            database,
            knowledge.collections(),
            embedder,
            index,
            projection,
            new Search.Settings(PAGES_BYTES_MAX, HEADS_BYTES_MAX));
    Learning learning =
        started(Part.LEARNING, learning(database, knowledge, embedder, index, projection, ids))
            .start();
    ContextOperations context =
        started(
            Part.CONTEXT,
            new ContextOperations(
                    new ContextOperations.Parts(
                        database,
                        knowledge.collections(),
                        embedder,
                        search,
                        ids,
                        Clock.systemUTC(),
                        learning.uses()::served,
                        languageModel(),
                        new ContextMetrics(metrics.registry())),
                    SessionSettings.usual())
                .start());
    List<Operation<?, ?>> declared = new ArrayList<>();
    declared.addAll(search.operations());
    declared.addAll(context.operations());
    declared.addAll(knowledge.operations());
    declared.addAll(learning.operations());
    declared.addAll(new EmbeddingOperations(embedder).operations());
    declared.addAll(new IndexOperations(projection).operations());
    declared.addAll(Entrance.operations(database));
    declared.addAll(tracking.start(database, embedder, search));
    GarbageCollection collection = collection(data, database, log, projection, ids, tracking);
    declared.addAll(collection.operations());
    health.describe(Health.Section.LAST_GC, collection::lastRun);
    declared.addAll(health.operations());
    Operations operations = Operations.of(declared);
    http.open(
        operations,
        plainRoutes(operations, version),
        McpRoutes.of(operations, http.invocations(), version));
    started(Part.HEALTH, health.start());
    started(Part.GARBAGE_COLLECTION, collection.start());
    health.awaitFirstResults(FIRST_PROBES);
    served = true;
  }

  private void describe(
      Database database, LuceneIndex index, Projection projection, CollectionRegistry collections) {
    IndexFigures figures =
        new IndexFigures(
            index,
            projection,
            () ->
                collections.all().stream()
                    .map(c -> new IndexFigures.Space(c.name(), c.dimension()))
                    .toList(),
            metrics.registry());
    dependencies.figures(figures, config.health().indexLagMax());
    health.describe(Health.Section.INDEX, figures::described);
    health.describe(
        Health.Section.POOLS,
        () -> {
          PoolFigures pool = database.pool();
          return Map.of(
              "database",
              Map.of(
                  "open", pool.open(),
                  "checked_out", pool.checkedOut(),
                  "overflow", pool.overflow(),
                  "waiting", pool.waiting(),
                  "limit", pool.limit()));
        });
  }

  private Learning learning(
      Database database,
      Knowledge knowledge,
      Embedder embedder,
      VectorIndex index,
      Projection projection,
      IdSource ids) {
    return new Learning(
        new Learning.Parts(
            database,
            knowledge.collections(),
            embedder,
            index,
            projection,
            ids,
            Clock.systemUTC(),
            metrics.registry()),
        config.ingest().approval() == Config.Approval.REQUIRED,
        Uses.Bounds.USUAL);
  }

  private GarbageCollection collection(
      DataDirectory data,
      Database database,
      ChangeLog log,
      Projection projection,
      IdSource ids,
      Tracking tracking) {
    return new GarbageCollection(
        config.garbageCollection(),
        database,
        log,
        projection,
        ids,
        data.scratch(),
        tracking.recorder(),
        metrics.registry());
  }

  private Optional<LanguageModel> languageModel() {
    Optional<LanguageModel> model =
        LanguageModels.configured(config.llm(), breakers)
            .map(endpoint -> started(Part.LANGUAGE_MODEL, endpoint));
    model.ifPresent(dependencies::languageModel);
    return model;
  }

  /** Hands the notifier's calls to the projection, which is made after it. */
  private static final class Wake {
    private volatile Runnable target = () -> {};

    void call() {
      target.run();
    }
  }

  private DatabaseEndpoint startDatabase(DataDirectory data) {
    DatabaseEndpoint endpoint =
        switch (config.database().mode()) {
          case EMBEDDED ->
              started(Part.POSTGRES, EmbeddedPostgres.start(data, EmbeddedSettings.defaults()))
                  .endpoint();
          case EXTERNAL -> Externals.endpoint(config.database());
        };
    Migrations.run(endpoint);
    return endpoint;
  }

  /**
   * The index's files; those that can't be used are thrown away, for the rows can make them anew.
   */
  private static LuceneIndex openIndex(Path directory) {
    try {
      return LuceneIndex.open(directory);
    } catch (IndexUnusable e) {
      LOG.log(
          // A message with parameters must do without apostrophes: they quote.
          Level.WARNING, "The search index cannot be used and is built anew: {0}", e.getMessage());
      LuceneIndex.wipe(directory);
      return LuceneIndex.open(directory);
    }
  }

  /** Listens with what there is before all else is: how the start goes. */
  private HttpServer listen(IdSource ids, Entrance entrance, Tracking tracking) {
    return HttpServer.starting(
            HttpSettings.at(config.server().host(), config.server().port())
                .withBodyMax((int) config.server().bodyMax().bytes())
                .withClients(Limits.addresses(config.rateLimit()))
                .withConnectionsMax(ConnectionRoom.of(config.server().maxConnections()))
                .withRequestTimeout(config.server().requestTimeout()),
            new HttpServer.Parts(
                Operations.of(health.operations()),
                ProbeRoutes.of(metrics, health, metricsScope()),
                entrance.door(),
                limits(),
                ids,
                new HttpMetrics(metrics.registry()),
                new QueryValidationMetrics(metrics.registry()),
                entrance.trail(),
                entrance.refusals(),
                Policies.of(config, metrics.registry()),
                workLimit(),
                tracking.failures()))
        .start();
  }

  private WorkLimit workLimit() {
    WorkLimit limit =
        new WorkLimit(
            new WorkLimit.Bounds(config.server().concurrency(), config.server().queueTimeout()));
    WorkLimitMetrics.register(metrics.registry(), limit);
    return limit;
  }

  private Admission limits() {
    if (!config.rateLimit().enabled()) {
      return RateLimits.off(metrics.registry());
    }
    RateLimits limits = started(Part.LIMITS, Limits.of(config, breakers, metrics.registry()));
    dependencies.limits(limits);
    return limits;
  }

  private List<PlainRoute> plainRoutes(Operations operations, String version) {
    List<PlainRoute> routes = new ArrayList<>(ProbeRoutes.of(metrics, health, metricsScope()));
    routes.addAll(DocsRoutes.of(() -> ApiDocument.of(operations, version, metricsScope())));
    return routes;
  }

  private Scope metricsScope() {
    return config.metrics().isPublic() ? Scope.PUBLIC : Scope.READ;
  }

  private PoolSettings pool() {
    Config.Pool pool = config.database().pool();
    return new PoolSettings(pool.size(), pool.maxOverflow(), pool.timeout(), pool.recycle());
  }

  private <T extends AutoCloseable> T started(Part name, T part) {
    synchronized (parts) {
      parts.put(name, part);
    }
    return part;
  }

  private <T> Future<T> begin(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    begun.add(task);
    Thread.ofPlatform().name(name).daemon().start(task);
    return task;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException known -> throw known;
        case Error error -> throw error;
        case null, default ->
            throw new IllegalStateException("a part failed to start", e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("The start was interrupted", "");
    }
  }
}
