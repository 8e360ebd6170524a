package dev.aidb.gc;

import dev.aidb.store.Database;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What solutions there are, in numbers. */
public final class Figures {
  private final Database database;
  private final Runs runs;
  private final int maxSolutions;
  private final GcMetrics metrics;
  private volatile Optional<Run> last = Optional.empty();

  public Figures(Database database, int maxSolutions, GcMetrics metrics) {
    this.database = database;
    this.runs = new Runs(database);
    this.maxSolutions = maxSolutions;
    this.metrics = metrics;
  }

  /**
   * The solutions at a moment.
   *
   * @param averageValue empty without a solution
   * @param oldest when the oldest was made; empty without a solution
   * @param storageBytes of the tables of documents, vectors, solutions and tombstones, indexes
   *     included
   */
  record Now(
      long solutions,
      Optional<Double> averageValue,
      Optional<Instant> oldest,
      long tombstones,
      long storageBytes) {}

  Now now() {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT s.solutions, s.value, s.oldest, (SELECT count(*) FROM tombstone) AS tombstones,
                       (SELECT sum(pg_total_relation_size(name::regclass))::bigint
                        FROM unnest(ARRAY['document', 'chunk', 'solution', 'solution_lineage',
                                          'tombstone', 'tombstone_chunk']) AS t (name)) AS bytes
                FROM (SELECT count(*) AS solutions, avg(value_score) AS value, min(created_at) AS oldest
                      FROM solution) s
                """)
            .map((row, context) ->
                new Now(
                    row.getLong("solutions"),
                    Optional.ofNullable((Double) row.getObject("value")),
                    Census.moment(row, "oldest"),
                    row.getLong("tombstones"),
                    row.getLong("bytes")))
            .one());
  }

  double utilization(Now now) {
    return (double) now.solutions() / maxSolutions;
  }

  /** Brings the metrics up to date. */
  void refresh() {
    Now now = now();
    metrics.figures(utilization(now), now.storageBytes());
    runs.lastSuccess().flatMap(Run::finishedAt).ifPresent(metrics::succeeded);
    last = runs.last();
  }

  /** The last run as of the last refresh, for people; empty before the first. */
  public Map<String, Object> lastRun() {
    Map<String, Object> described = new LinkedHashMap<>();
    last.ifPresent(run -> {
      described.put("run_id", run.id());
      described.put("state", run.state());
      described.put("started_at", run.startedAt());
      run.finishedAt().ifPresent(at -> described.put("finished_at", at));
    });
    return described;
  }
}
