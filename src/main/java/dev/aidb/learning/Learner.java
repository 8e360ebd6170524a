package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.documents.ReservedPaths;
import dev.aidb.documents.Status;
import dev.aidb.embedding.Embedder;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/**
 * Stores solutions, each thing once.
 *
 * <p>A lesson looks round without a lock, then takes its turn: inserts of all nodes come one after
 * the other, and the last look before one sees whatever was committed since the first. Where that
 * brings something new, the lesson begins another round. It keeps this node's turn meanwhile, so
 * that this node's other learners can't make it begin a third: however many learn of one problem at
 * once, each is heard.
 */
final class Learner {
  /**
   * A third round means that something near came within the second, not by this node's learners.
   */
  private static final int ROUNDS_MAX = 20;

  private static final Duration WAIT_USUAL = Duration.ofSeconds(30);
  private static final Duration COME_BACK = Duration.ofSeconds(1);

  private final Database database;
  private final SolutionRows rows;
  private final Surroundings surroundings;
  private final Embedder embedder;
  private final Projection projection;
  private final LearningMetrics metrics;

  /** This node's inserts wait here, without a connection. */
  private final Semaphore turn = new Semaphore(1, true);

  Learner(
      Database database,
      SolutionRows rows,
      Surroundings surroundings,
      Embedder embedder,
      Projection projection,
      LearningMetrics metrics) {
    this.database = database;
    this.rows = rows;
    this.surroundings = surroundings;
    this.embedder = embedder;
    this.projection = projection;
    this.metrics = metrics;
  }

  /**
   * What became of a lesson.
   *
   * @param id the record that holds it
   * @param merged whether that was there before
   */
  record Learned(UUID id, double value, boolean merged, Status status) {}

  /**
   * Stores a lesson or merges it into the record that holds the same.
   *
   * @throws AidbException UNAVAILABLE when its query can't be embedded or compared; nothing is
   *     stored then
   */
  Learned learn(Lesson lesson) {
    Optional<Learned> known = mergeIdentical(lesson);
    if (known.isPresent()) {
      return known.get();
    }
    float[] vector = embedder.embedQuery(lesson.query()).vector();
    Comparison comparison = new Comparison(embedder, lesson);
    Surroundings.View view = surroundings.look(vector, lesson.comparable());
    Optional<Learned> merged = mergeNear(lesson, comparison, view);
    if (merged.isPresent()) {
      return merged.get();
    }
    awaitTurn();
    try {
      return insertOrMerge(lesson, vector, comparison, view);
    } finally {
      turn.release();
    }
  }

  /** To be called in this node's turn. */
  private Learned insertOrMerge(
      Lesson lesson, float[] vector, Comparison comparison, Surroundings.View first) {
    Surroundings.View view = first;
    for (int round = 0; round < ROUNDS_MAX; round++) {
      Optional<Learned> done = insert(lesson, vector, view).or(() -> mergeIdentical(lesson));
      if (done.isPresent()) {
        return done.get();
      }
      view = surroundings.look(vector, lesson.comparable());
      Optional<Learned> merged = mergeNear(lesson, comparison, view);
      if (merged.isPresent()) {
        return merged.get();
      }
    }
    throw AidbException.overloaded("Others are learning much the same at this moment", COME_BACK);
  }

  /** Empty when nothing near is the same. */
  private Optional<Learned> mergeNear(
      Lesson lesson, Comparison comparison, Surroundings.View view) {
    return comparison
        .same(view.near())
        .flatMap(same -> merge(lesson, same.id(), same.similarity()));
  }

  private Optional<Learned> mergeIdentical(Lesson lesson) {
    return rows.identical(lesson.digest()).flatMap(id -> merge(lesson, id, 1));
  }

  /** Empty when the survivor is gone. */
  private Optional<Learned> merge(Lesson lesson, UUID survivor, double similarity) {
    Worth worth = Worth.of(lesson, similarity);
    Optional<Learned> done =
        database.inTransaction(handle -> merge(handle, lesson, worth, survivor, similarity));
    done.ifPresent(learned -> metrics.merged());
    return done;
  }

  private Optional<Learned> merge(
      Handle handle, Lesson lesson, Worth worth, UUID survivor, double similarity) {
    Optional<Status> status = rows.lockDocument(handle, survivor);
    Standing before = Rows.lock(handle, List.of(survivor)).get(survivor);
    if (status.isEmpty() || before == null) {
      return Optional.empty();
    }
    Standing after = before.joinedBy(worth.value(), lesson.outcome(), lesson.feedback());
    Rows.save(handle, survivor, after);
    Lineage.add(
        handle,
        survivor,
        new Lineage.Ancestor(
            Lineage.Source.LEARN,
            Optional.empty(),
            Math.clamp(similarity, -1, 1),
            worth.value(),
            0,
            Standing.count(lesson.outcome(), lesson.feedback()),
            lesson.learnedBy(),
            lesson.at()));
    Lineage.trim(handle, survivor);
    return Optional.of(new Learned(survivor, after.value(), true, status.get()));
  }

  /** Empty when something near has come in between. */
  private Optional<Learned> insert(Lesson lesson, float[] vector, Surroundings.View view) {
    try (Projection.Ticket ticket = projection.begin()) {
      record Inserted(long version, double value) {}
      Optional<Inserted> inserted =
          database.inTransaction(handle -> {
            rows.awaitTurn(handle);
            OptionalDouble nearest = surroundings.since(handle, view, vector, lesson.comparable());
            if (nearest.isEmpty() || rows.identical(handle, lesson.digest()).isPresent()) {
              return Optional.<Inserted>empty();
            }
            Worth worth = Worth.of(lesson, nearest.getAsDouble());
            OptionalLong version = rows.insert(handle, lesson, worth, vector);
            if (version.isEmpty()) {
              handle.rollback();
              return Optional.<Inserted>empty();
            }
            return Optional.of(new Inserted(version.getAsLong(), worth.value()));
          });
      inserted.ifPresent(done -> ticket.committed(List.of(change(lesson, vector, done.version()))));
      return inserted.map(done -> {
        metrics.created();
        if (lesson.suspicious().isPresent()) {
          metrics.suspicious();
        }
        return new Learned(lesson.id(), done.value(), false, lesson.status());
      });
    }
  }

  private void awaitTurn() {
    Deadline deadline = Deadline.currentOr(WAIT_USUAL);
    boolean taken;
    try {
      taken = turn.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AidbException.unavailable("The server is stopping", COME_BACK, e);
    }
    if (!taken) {
      throw AidbException.overloaded("Too much is being learned at this moment", COME_BACK);
    }
  }

  private static IndexChange change(Lesson lesson, float[] vector, long version) {
    if (lesson.status() != Status.APPROVED) {
      return new IndexChange.Remove(lesson.id(), version);
    }
    return new IndexChange.Put(
        new IndexedRecord(
            lesson.id(),
            version,
            ReservedPaths.SOLUTIONS_COLLECTION,
            lesson.project(),
            lesson.id(),
            lesson.query(),
            lesson.solution(),
            lesson.metadata(),
            vector));
  }

  /** Counts a judgement; empty when there is no such solution. */
  Optional<Standing> judge(UUID id, Outcome outcome, OptionalDouble feedback) {
    Optional<Standing> judged =
        database.inTransaction(handle -> {
          Optional<Standing> after =
              Optional.ofNullable(Rows.lock(handle, List.of(id)).get(id))
                  .map(before -> before.judged(outcome, feedback));
          after.ifPresent(standing -> Rows.save(handle, id, standing));
          return after;
        });
    judged.ifPresent(done -> metrics.judged(outcome));
    return judged;
  }
}
