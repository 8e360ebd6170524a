package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Counts how often solutions are served. A use is remembered here and written by and by, many at a
 * time, so that a reading costs no write; neither is the index told.
 *
 * <p>What isn't written yet is lost when the process is killed; uses of more solutions than there
 * is room for are dropped and counted. Thread-safe; one thread of its own writes.
 */
public final class Uses implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Uses.class.getName());

  /**
   * @param every the time between two writings
   * @param solutionsMax of how many solutions uses are remembered until then
   * @param batch how many rows a transaction changes
   * @param writeMax how long a writing may take
   */
  public record Bounds(Duration every, int solutionsMax, int batch, Duration writeMax) {
    public static final Bounds USUAL =
        new Bounds(Duration.ofSeconds(1), 10_000, 500, Duration.ofSeconds(5));
  }

  /** Uses that are to be written. */
  private record Tally(long uses, Instant last) {
    Tally plus(Tally other) {
      return new Tally(uses + other.uses, last.isAfter(other.last) ? last : other.last);
    }
  }

  private final Database database;
  private final Clock clock;
  private final LearningMetrics metrics;
  private final Bounds bounds;
  private final Thread writer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<UUID, Tally> waiting = new HashMap<>();
  private boolean failing;

  Uses(Database database, Clock clock, LearningMetrics metrics, Bounds bounds) {
    this.database = database;
    this.clock = clock;
    this.metrics = metrics;
    this.bounds = bounds;
    this.writer = Thread.ofPlatform().name("solution-uses").daemon().unstarted(this::write);
  }

  void start() {
    writer.start();
  }

  /** A solution was read by its id, or placed in a context. Returns at once, never throws. */
  public void served(UUID solution) {
    Tally one = new Tally(1, clock.instant());
    synchronized (waiting) {
      if (waiting.size() >= bounds.solutionsMax && !waiting.containsKey(solution)) {
        metrics.useDropped(1);
        return;
      }
      waiting.merge(solution, one, Tally::plus);
    }
  }

  /** How many uses of a solution are yet to be written. */
  long waiting(UUID solution) {
    synchronized (waiting) {
      Tally tally = waiting.get(solution);
      return tally == null ? 0 : tally.uses;
    }
  }

  private void write() {
    try {
      while (!closing.await(bounds.every.toMillis(), TimeUnit.MILLISECONDS)) {
        flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Writes what is waiting; what can't be written waits on. One at a time, lest the same be written
   * twice; nobody who is served waits for it.
   */
  synchronized void flush() {
    Deadline deadline = Deadline.in(bounds.writeMax);
    for (Map<UUID, Tally> batch : batches()) {
      try {
        ScopedValue.where(Deadline.CURRENT, deadline).run(() -> write(batch));
        written(batch);
        failing = false;
      } catch (AidbException e) {
        if (!failing) {
          LOG.log(Level.WARNING, "Uses of solutions wait to be written: {0}", e.detail());
        }
        failing = true;
        return;
      } catch (RuntimeException e) {
        // Nothing that waiting would mend: rather lose a batch than never write another.
        LOG.log(Level.ERROR, "Uses of solutions could not be written", e);
        metrics.useDropped(batch.values().stream().mapToLong(Tally::uses).sum());
        written(batch);
      }
    }
  }

  /** In the order of the ids, in which rows are locked. */
  private List<Map<UUID, Tally>> batches() {
    Map<UUID, Tally> all;
    synchronized (waiting) {
      all = new TreeMap<>(waiting);
    }
    List<Map<UUID, Tally>> batches = new ArrayList<>();
    Map<UUID, Tally> batch = new TreeMap<>();
    for (Map.Entry<UUID, Tally> entry : all.entrySet()) {
      batch.put(entry.getKey(), entry.getValue());
      if (batch.size() == bounds.batch) {
        batches.add(batch);
        batch = new TreeMap<>();
      }
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private void write(Map<UUID, Tally> batch) {
    database.useHandle(handle ->
        handle
            .createUpdate(
                """
                WITH used AS (
                  SELECT * FROM unnest(:ids, :uses, :lasts::timestamptz[]) AS n (id, uses, last)
                ), locked AS (
                  SELECT id FROM solution WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
                )
                UPDATE solution s
                SET uses = s.uses + used.uses, last_used_at = greatest(s.last_used_at, used.last)
                FROM used JOIN locked ON locked.id = used.id
                WHERE s.id = used.id
                """)
            .bindArray("ids", UUID.class, List.copyOf(batch.keySet()))
            .bindArray("uses", Long.class, batch.values().stream().map(Tally::uses).toList())
            .bindArray(
                "lasts",
                String.class,
                batch.values().stream()
                    .map(t -> t.last.atOffset(ZoneOffset.UTC).toString())
                    .toList())
            .execute());
    metrics.used(batch.values().stream().mapToLong(Tally::uses).sum());
  }

  /** Takes off what was written; what came meanwhile stays. */
  private void written(Map<UUID, Tally> batch) {
    synchronized (waiting) {
      batch.forEach((id, done) ->
          waiting.computeIfPresent(
              id,
              (key, now) ->
                  now.uses == done.uses ? null : new Tally(now.uses - done.uses, now.last)));
    }
  }

  /** Writes what is waiting, as far as that can be done in time. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (writer.getState() != Thread.State.NEW) {
        writer.join(bounds.writeMax);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    flush();
  }
}
