package dev.aidb.gc;

import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The tables {@code gc_run} and {@code gc_item}. */
final class Runs {
  private static final String COLUMNS =
      """
      SELECT id, due_at, dry_run, force, tasks, actor, request_id, state, attempts, started_at, as_of,
             finished_at, solutions, totals::text AS totals, problem
      FROM gc_run
      """;

  private final Database database;

  Runs(Database database) {
    this.database = database;
  }

  /** Whether it is begun: not when its moment of the schedule has had a run, or one is open. */
  boolean begin(Handle handle, UUID id, Request request, Instant now) {
    int begun =
        handle
            .createUpdate(
                """
                INSERT INTO gc_run (id, due_at, dry_run, force, tasks, actor, request_id, state, started_at, as_of)
                VALUES (:id, :due, :dry_run, :force, :tasks, :actor, :request_id, 'planning', :now, :now)
                ON CONFLICT DO NOTHING
                """)
            .bind("id", id)
            .bind("due", request.due().orElse(null))
            .bind("dry_run", request.dryRun())
            .bind("force", request.force())
            .bindArray(
                "tasks",
                String.class,
                request.tasks().stream().sorted().map(Task::wireName).toArray())
            .bind("actor", request.actor())
            .bind("request_id", request.requestId())
            .bind("now", now)
            .execute();
    return begun == 1;
  }

  /** The run that was begun and hasn't ended. */
  Optional<Run> open() {
    return database.withHandle(handle ->
        handle
            .createQuery(COLUMNS + " WHERE state IN ('planning', 'running')")
            .map(Runs::run)
            .findOne());
  }

  Optional<Run> find(UUID id) {
    return database.withHandle(handle ->
        handle.createQuery(COLUMNS + " WHERE id = :id").bind("id", id).map(Runs::run).findOne());
  }

  /** Runs from the newest on, after one of them. */
  List<Run> page(Optional<UUID> after, int limit) {
    return database.withHandle(handle ->
        handle
            .createQuery(COLUMNS + " WHERE id < :after ORDER BY id DESC LIMIT :limit")
            .bind("after", after.orElse(new UUID(-1, -1)))
            .bind("limit", limit)
            .map(Runs::run)
            .list());
  }

  /** The last run that did all it was for; a dry run doesn't count. */
  Optional<Run> lastSuccess() {
    return database.withHandle(handle ->
        handle
            .createQuery(
                COLUMNS
                    + " WHERE state = 'done' AND problem = '' AND NOT dry_run ORDER BY finished_at DESC LIMIT 1")
            .map(Runs::run)
            .findOne());
  }

  /** The last run that wasn't a dry one, be it at work or over. */
  Optional<Run> last() {
    return database.withHandle(handle ->
        handle
            .createQuery(COLUMNS + " WHERE NOT dry_run ORDER BY id DESC LIMIT 1")
            .map(Runs::run)
            .findOne());
  }

  /**
   * The latest moment of the schedule, up to now, that had its run, or since when there is a
   * schedule. Later ones are of a clock that was ahead: they must not keep the next from coming.
   */
  Instant lastDue(Instant now) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT greatest((SELECT max(due_at) FROM gc_run WHERE due_at <= :now), least(since, :now))
                FROM gc_schedule
                """)
            .bind("now", now)
            .mapTo(Instant.class)
            .one());
  }

  /** Counts another attempt at a run, and sets the moment by which an unplanned one reckons. */
  void takeUp(Handle handle, UUID id, Instant now) {
    handle
        .createUpdate(
            """
            UPDATE gc_run SET attempts = attempts + 1,
                              as_of = CASE WHEN state = 'planning' THEN :now ELSE as_of END
            WHERE id = :id
            """)
        .bind("now", now)
        .bind("id", id)
        .execute();
  }

  /** Forgets what there is of a plan. */
  void clear(Handle handle, UUID run) {
    handle.createUpdate("DELETE FROM gc_item WHERE run_id = :run").bind("run", run).execute();
  }

  /** Says that all of a plan is stored, and the state that follows from it. */
  void planned(Handle handle, UUID run, Plan plan, State next, String problem, Instant now) {
    handle
        .createUpdate(
            """
            UPDATE gc_run SET state = :state, solutions = :solutions, totals = :totals::jsonb,
                              problem = :problem, finished_at = :finished
            WHERE id = :run
            """)
        .bind("state", next.wireName())
        .bind("solutions", plan.solutions())
        .bind("totals", json(plan.totals()))
        .bind("problem", problem)
        .bind("finished", next.open() ? null : now)
        .bind("run", run)
        .execute();
  }

  /** Stores a part of a plan; an unplanned run's is not acted upon. */
  void add(Handle handle, UUID run, List<Item> items) {
    handle
        .createUpdate(
            """
            INSERT INTO gc_item (run_id, number, reason, record_id, collection, survivor, similarity, value_score, last_used_at)
            SELECT :run, n.number, n.reason, n.record_id, n.collection, n.survivor, n.similarity, n.value_score,
                   n.last_used_at::timestamptz
            FROM unnest(:numbers, :reasons, :records, :collections, :survivors, :similarities::float8[], :values::float8[], :used)
                 AS n (number, reason, record_id, collection, survivor, similarity, value_score, last_used_at)
            """)
        .bind("run", run)
        .bindArray("numbers", Integer.class, items.stream().map(Item::number).toList())
        .bindArray("reasons", String.class, items.stream().map(i -> i.reason().wireName()).toList())
        .bindArray("records", UUID.class, items.stream().map(Item::record).toList())
        .bindArray("collections", String.class, items.stream().map(Item::collection).toList())
        .bindArray(
            "survivors", UUID.class, items.stream().map(i -> i.survivor().orElse(null)).toArray())
        .bindArray(
            "similarities", String.class, items.stream().map(i -> text(i.similarity())).toList())
        .bindArray("values", String.class, items.stream().map(i -> text(i.value())).toList())
        .bindArray(
            "used",
            String.class,
            items.stream().map(i -> i.lastUsed().map(Instant::toString).orElse(null)).toArray())
        .execute();
  }

  private static String text(double value) {
    return Double.toString(value);
  }

  /** The next steps of a plan that are still to be done, all of one reason, locked. */
  List<Item> next(Handle handle, UUID run, int limit) {
    List<Item> items =
        handle
            .createQuery(
                """
                SELECT number, reason, record_id, collection, survivor, similarity, value_score, last_used_at
                FROM gc_item WHERE run_id = :run AND state = 'planned' ORDER BY number LIMIT :limit
                FOR UPDATE
                """)
            .bind("run", run)
            .bind("limit", limit)
            .map(Runs::item)
            .list();
    return items.stream().takeWhile(item -> item.reason() == items.getFirst().reason()).toList();
  }

  void mark(Handle handle, UUID run, List<Item> items, boolean done) {
    if (!items.isEmpty()) {
      handle
          .createUpdate(
              "UPDATE gc_item SET state = :state WHERE run_id = :run AND number = ANY(:numbers)")
          .bind("state", done ? "done" : "skipped")
          .bind("run", run)
          .bindArray("numbers", Integer.class, items.stream().map(Item::number).toList())
          .execute();
    }
  }

  /** Ends a run and counts what it did. */
  void finish(Handle handle, UUID run, State state, String problem, Instant now) {
    handle
        .createUpdate(
            """
            UPDATE gc_run SET state = :state, totals = :totals::jsonb, finished_at = :now,
                              problem = CASE WHEN problem = '' THEN :problem ELSE problem END
            WHERE id = :run AND state IN ('planning', 'running')
            """)
        .bind("state", state.wireName())
        .bind("totals", json(counted(handle, run)))
        .bind("problem", problem)
        .bind("now", now)
        .bind("run", run)
        .execute();
  }

  /** What a run has done of its plan by now. */
  Map<Reason, Run.Total> counted(UUID run) {
    return database.withHandle(handle -> counted(handle, run));
  }

  private static Map<Reason, Run.Total> counted(Handle handle, UUID run) {
    Map<Reason, Run.Total> totals = new EnumMap<>(Reason.class);
    handle
        .createQuery(
            """
            SELECT reason, count(*), count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'skipped')
            FROM gc_item WHERE run_id = :run GROUP BY reason
            """)
        .bind("run", run)
        .map((row, context) ->
            Map.entry(
                Reason.of(row.getString(1)),
                new Run.Total(row.getLong(2), row.getLong(3), row.getLong(4))))
        .forEach(each -> totals.put(each.getKey(), each.getValue()));
    return totals;
  }

  /** The records of a plan by reason, at most so many each, in the plan's order. */
  Map<Reason, List<UUID>> records(UUID run, boolean doneOnly, int most) {
    Map<Reason, List<UUID>> records = new EnumMap<>(Reason.class);
    database.useHandle(handle ->
        handle
            .createQuery(
                """
                SELECT reason, record_id FROM (
                  SELECT reason, record_id, number, row_number() OVER (PARTITION BY reason ORDER BY number) AS place
                  FROM gc_item WHERE run_id = :run AND (NOT :done OR state = 'done')) ranked
                WHERE place <= :most ORDER BY number
                """)
            .bind("run", run)
            .bind("done", doneOnly)
            .bind("most", most)
            .map((row, context) ->
                Map.entry(Reason.of(row.getString(1)), row.getObject(2, UUID.class)))
            .forEach(each ->
                records
                    .computeIfAbsent(each.getKey(), reason -> new ArrayList<>())
                    .add(each.getValue())));
    return records;
  }

  /**
   * Forgets all but the newest runs, and the plans of all but the newest of those. The last that
   * the schedule had made stays, lest its moment seem missed.
   */
  void trim(Handle handle, int runsKept, int plansKept) {
    handle
        .createUpdate(
            """
            DELETE FROM gc_item WHERE run_id IN (
              SELECT id FROM gc_run WHERE state NOT IN ('planning', 'running') ORDER BY id DESC OFFSET :kept)
            """)
        .bind("kept", plansKept)
        .execute();
    handle
        .createUpdate(
            """
            DELETE FROM gc_run WHERE id IN (
              SELECT id FROM gc_run WHERE state NOT IN ('planning', 'running') ORDER BY id DESC OFFSET :kept)
              AND (due_at IS NULL OR due_at < (SELECT max(due_at) FROM gc_run))
            """)
        .bind("kept", runsKept)
        .execute();
  }

  private static String json(Map<Reason, Run.Total> totals) {
    Map<String, Object> json = new LinkedHashMap<>();
    totals.forEach((reason, total) ->
        json.put(reason.wireName(), List.of(total.planned(), total.done(), total.skipped())));
    return Json.text(json);
  }

  private static Map<Reason, Run.Total> totals(String json) {
    Map<Reason, Run.Total> totals = new EnumMap<>(Reason.class);
    Json.mapper()
        .readTree(json)
        .properties()
        .forEach(each -> {
          var counts = each.getValue();
          totals.put(
              Reason.of(each.getKey()),
              new Run.Total(
                  counts.path(0).asLong(), counts.path(1).asLong(), counts.path(2).asLong()));
        });
    return totals;
  }

  private static Run run(ResultSet row, StatementContext context) throws SQLException {
    Set<Task> tasks =
        Stream.of((String[]) row.getArray("tasks").getArray())
            .map(Task::of)
            .collect(Collectors.toSet());
    Request request =
        new Request(
            tasks,
            row.getBoolean("dry_run"),
            row.getBoolean("force"),
            row.getString("actor"),
            row.getString("request_id"),
            Census.moment(row, "due_at"));
    return new Run(
        row.getObject("id", UUID.class),
        request,
        State.of(row.getString("state")),
        row.getInt("attempts"),
        row.getObject("started_at", OffsetDateTime.class).toInstant(),
        row.getObject("as_of", OffsetDateTime.class).toInstant(),
        Census.moment(row, "finished_at"),
        row.getLong("solutions"),
        totals(row.getString("totals")),
        row.getString("problem"));
  }

  private static Item item(ResultSet row, StatementContext context) throws SQLException {
    return new Item(
        row.getInt("number"),
        Reason.of(row.getString("reason")),
        row.getObject("record_id", UUID.class),
        row.getString("collection"),
        Optional.ofNullable(row.getObject("survivor", UUID.class)),
        row.getDouble("similarity"),
        row.getDouble("value_score"),
        Census.moment(row, "last_used_at"));
  }
}
