package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.core.IdSource;
import dev.aidb.gc.Collector;
import dev.aidb.gc.Figures;
import dev.aidb.gc.GcMetrics;
import dev.aidb.gc.GcOperations;
import dev.aidb.gc.Rules;
import dev.aidb.gc.Timetable;
import dev.aidb.issues.Category;
import dev.aidb.issues.IssueRecorder;
import dev.aidb.issues.IssueReport;
import dev.aidb.issues.Severity;
import dev.aidb.learning.Inheritance;
import dev.aidb.operation.Operation;
import dev.aidb.projection.Projection;
import dev.aidb.similarity.NearDuplicates;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Leases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Garbage collection and its schedule, put together. */
final class GarbageCollection implements AutoCloseable {
  private static final Logger LOG = System.getLogger(GarbageCollection.class.getName());
  private static final Duration POLL = Duration.ofSeconds(30);

  /** Inside a run the work is done by one thread, so that searches keep the other processors. */
  private static final int THREADS = 1;

  private static final int VECTORS_MAX = 10_000_000;

  private final Collector collector;
  private final Figures figures;
  private final Timetable timetable;
  private final List<Operation<?, ?>> operations;

  /**
   * @param scratch a folder for files that live as long as a run's planning
   * @param issues is told of runs that were refused or failed
   */
  GarbageCollection(
      Config.GarbageCollection config,
      Database database,
      ChangeLog log,
      Projection projection,
      IdSource ids,
      Path scratch,
      IssueRecorder issues,
      PrometheusRegistry registry) {
    Clock clock = Clock.systemUTC();
    GcMetrics metrics = new GcMetrics(registry);
    this.collector =
        new Collector(
            new Collector.Parts(
                database,
                log,
                projection,
                new Leases(database),
                new Inheritance(),
                new NearDuplicates(scratch, THREADS, VECTORS_MAX)::survivors,
                ids,
                clock,
                problem -> raise(issues, problem)),
            Collector.Settings.of(rules(config)),
            metrics);
    this.figures = new Figures(database, config.maxSolutions(), metrics);
    this.timetable =
        new Timetable(
            collector,
            figures,
            clock,
            new Timetable.Settings(config.enabled(), config.schedule(), config.timeZone(), POLL));
    this.operations = new GcOperations(collector, figures, timetable).operations();
  }

  private static void raise(IssueRecorder issues, String problem) {
    LOG.log(Level.ERROR, problem);
    issues.record(
        new IssueReport(
            "gc",
            "GarbageCollection",
            problem,
            Severity.HIGH,
            Category.RESOURCE,
            Map.of(),
            Optional.empty()));
  }

  /** The last run, for people. */
  Map<String, Object> lastRun() {
    return figures.lastRun();
  }

  private static Rules rules(Config.GarbageCollection config) {
    return new Rules(
        config.maxSolutions(),
        Duration.ofDays(config.maxAgeDays()),
        config.minValueScore(),
        config.deduplicateSimilarity(),
        config.orphanCleanupEnabled(),
        config.keepRatio(),
        config.maxDeleteFraction(),
        config.maxDeleteFloor(),
        Duration.ofDays(config.tombstoneDays()),
        config.orphanGrace());
  }

  List<Operation<?, ?>> operations() {
    return operations;
  }

  /** Begins to follow the schedule. */
  GarbageCollection start() {
    timetable.start();
    return this;
  }

  @Override
  public void close() {
    timetable.close();
    collector.close();
  }
}
