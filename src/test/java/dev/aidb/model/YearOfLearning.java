package dev.aidb.model;

import dev.aidb.gc.GcOperations.CollectGarbage;
import dev.aidb.gc.GcOperations.RunView;
import dev.aidb.gc.Rules;
import dev.aidb.gc.State;
import dev.aidb.learning.LearningOperations.FeedbackAnswer;
import dev.aidb.learning.LearningOperations.FeedbackInput;
import dev.aidb.learning.LearningOperations.LearnAnswer;
import dev.aidb.learning.LearningOperations.LearnInput;
import dev.aidb.learning.LearningOperations.PatchSolution;
import dev.aidb.learning.LearningOperations.SolutionView;
import dev.aidb.learning.LearningOperations.Told;
import dev.aidb.learning.Outcome;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import dev.aidb.testkit.PostgresForTests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * A year at full rate: {@code make simulate ARGS="DAYS LEARNS_A_DAY BY_LEARNING"}. Prints what the
 * store takes at the end of each month of 30 days and ends with 1 when a target is missed.
 *
 * <p>Solutions of value stay until there are as many as may be kept, which this rate comes to after
 * most of a year; until then the store grows by them, and that is what the targets are for.
 *
 * <p>Of a day's lessons the first {@code BY_LEARNING} go through the operation that clients call;
 * the others are stored as it stores them, in bulk and without a look at what is there, so that
 * their duplicates are left to the night. Garbage collection is the real one with the rules that
 * are the default, every night. After it the tables are vacuumed, as autovacuum would have done in
 * a day that takes a day.
 */
final class YearOfLearning {
  private static final int DIMENSION = 384;
  private static final int MONTH = 30;

  /**
   * After so many months things are steady: what is of no value goes after one, its tombstone after
   * another, and the tables have then been through a month of both.
   */
  private static final int STEADY = 3;

  private static final double MB = 1e6;

  /** The rate that the targets are for; at another one, what was measured is scaled to it. */
  private static final double LEARNS_A_DAY = 2_000;

  private static final double DATABASE_MB_MAX = 100;
  private static final double VECTORS_MB_MAX = 50;
  private static final double SAVED_MIN = 0.2;

  /** So many lessons of a hundred are about what one of the last days was about. */
  private static final int DUPLICATES = 27;

  /** So many of a hundred are worth more than what expires. */
  private static final int VALUABLE = 15;

  private static final int PINNED_EVERY = 1_000;
  private static final int BATCH = 500;
  private static final String FILLER =
      "1. Look at the log of the service for the first error, not the last.\n"
          + "2. Compare the configuration with the one of the machine that works.\n"
          + "```\nsystemctl status service --no-pager | head -n 20\n```\n"
          + "3. Restart it once the cause is gone, and watch it for a while.\n";

  private static final Rules RULES =
      new Rules(
          100_000,
          Duration.ofDays(30),
          0.5,
          0.95,
          true,
          0.8,
          0.3,
          100,
          Duration.ofDays(30),
          Duration.ofHours(1));

  private final Random random = new Random(4);
  private final LifeClock clock = new LifeClock();
  private final ClusterModel model = new ClusterModel(DIMENSION);
  private final Path directory;
  private final LifeNode node;
  private final ChangeLog log;

  /** What the latest lessons were about. */
  private final List<Integer> recent = new ArrayList<>();

  private final Set<UUID> pinned = new HashSet<>();
  private int subjects;
  private long lessons;
  private long duplicates;
  private long mergedByLearning;
  private final List<Size> months = new ArrayList<>();

  /** Bytes at a month's end. */
  private record Size(long database, long vectors, long index) {}

  private YearOfLearning(Path directory) {
    this.directory = directory;
    Database database = PostgresForTests.freshDatabase();
    this.log = new ChangeLog(database);
    this.node =
        new LifeNode(
            database,
            directory,
            model,
            clock,
            new Random(5),
            index -> index,
            new LifeNode.Settings(
                RULES, 200, Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(5)));
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    Logger.getLogger("").setLevel(Level.SEVERE);
    int days = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 365;
    int learns = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000;
    int byLearning = arguments.length > 2 ? Integer.parseInt(arguments[2]) : learns;
    Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "year-");
    YearOfLearning year = new YearOfLearning(directory);
    boolean met;
    try {
      met = year.lived(days, learns, byLearning);
    } finally {
      year.node.close();
      PostgresForTests.delete(directory);
    }
    System.exit(met ? 0 : 1);
  }

  private boolean lived(int days, int learns, int byLearning) throws IOException {
    System.out.printf(
        "%d days of %d lessons, %d of them through learning%n", days, learns, byLearning);
    System.out.println(
        "  day  solutions  tombstones  removed   database MB  row vectors MB  index MB  seconds");
    long start = System.nanoTime();
    for (int day = 1; day <= days; day++) {
      day(learns, byLearning);
      RunView run = night();
      if (day % MONTH == 0 || day == days) {
        Size size = size();
        if (day % MONTH == 0) {
          months.add(size);
        }
        System.out.printf(
            "%5d  %9d  %10d  %7d  %12.1f  %14.1f  %8.1f  %7.0f%n",
            day,
            number("SELECT count(*) FROM solution"),
            number("SELECT count(*) FROM tombstone"),
            run.reasons().stream().mapToLong(one -> one.done()).sum(),
            size.database / MB,
            size.vectors / MB,
            size.index / MB,
            (System.nanoTime() - start) / 1e9);
      }
    }
    return judged(LEARNS_A_DAY / learns);
  }

  // ---- days

  /** What a lesson says. */
  private record Text(String query, String solution, double value) {}

  private void day(int learns, int byLearning) {
    List<Text> bulk = new ArrayList<>();
    for (int i = 0; i < learns; i++) {
      clock.forward(Duration.ofHours(20).dividedBy(learns));
      Text text = text();
      if (i < byLearning) {
        learn(text);
      } else {
        bulk.add(text);
        if (bulk.size() == BATCH || i == learns - 1) {
          store(bulk);
          bulk.clear();
        }
      }
    }
  }

  /** About a quarter ask again what was asked lately, in other words and with another solution. */
  private Text text() {
    lessons++;
    int subject;
    if (random.nextInt(100) < DUPLICATES && !recent.isEmpty()) {
      duplicates++;
      subject = recent.get(random.nextInt(recent.size()));
    } else {
      subject = ++subjects;
      recent.add(subject);
      if (recent.size() > 20_000) {
        recent.subList(0, 10_000).clear();
      }
    }
    int member = 3 * random.nextInt(1_000); // of those that are near each other
    String about = ClusterModel.subject(subject, member);
    String solution =
        "How to mend c%d.%d, case %d:\n\n%s"
            .formatted(subject + 100_000_000, member, lessons, FILLER);
    double value =
        random.nextInt(100) < VALUABLE ? 0.5 + random.nextDouble() / 2 : random.nextDouble() / 2;
    return new Text("Why does the service fail with error " + about, solution, value);
  }

  private void learn(Text text) {
    LearnAnswer answer =
        node.call(
            "learn",
            new LearnInput(
                text.query,
                text.solution,
                text.value,
                Outcome.UNKNOWN,
                null,
                "default",
                null,
                false),
            LearnAnswer.class);
    if (answer.deduplicated()) {
      mergedByLearning++;
    }
    if (lessons % 10 == 0) {
      node.call(
          "feedback", new FeedbackInput(answer.id(), Told.PARTIAL, 0.1), FeedbackAnswer.class);
    }
    if (random.nextInt(PINNED_EVERY) == 0) {
      node.call("update_solution", new PatchSolution(answer.id(), true), SolutionView.class);
      pinned.add(answer.id());
    }
  }

  private void store(List<Text> texts) {
    Instant at = clock.instant();
    node.database.useTransaction(handle -> {
      List<ChangeLog.Entry> entries = new ArrayList<>();
      PreparedBatch documents =
          handle.prepareBatch(
              """
              INSERT INTO document (id, collection, project, path, title, content, content_type,
                                    metadata, status, checksum, created_at, updated_at)
              VALUES (:id, 'solved_issues', 'default', :path, :query, :solution, 'text/markdown',
                      '{"learned_by": "key:life"}', 'approved', :digest, :at, :at)
              """);
      PreparedBatch chunks =
          handle.prepareBatch(
              """
              INSERT INTO chunk (id, document_id, chunk, content, embedding, version, created_at)
              VALUES (:id, :id, '0', :solution, :embedding, :version, :at)
              """);
      PreparedBatch solutions =
          handle.prepareBatch(
              """
              INSERT INTO solution (id, digest, value_score, base_score, outcome, learned_by, created_at)
              VALUES (:id, :digest, :value, :value, 'unknown', 'key:life', :at)
              """);
      List<Long> versions = versions(handle, texts.size());
      for (int i = 0; i < texts.size(); i++) {
        Text text = texts.get(i);
        UUID id = node.ids.next();
        byte[] digest =
            ByteBuffer.allocate(32)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        documents
            .bind("id", id)
            .bind("path", "solutions/" + id)
            .bind("query", text.query)
            .bind("solution", text.solution)
            .bind("digest", digest)
            .bind("at", at.atOffset(ZoneOffset.UTC))
            .add();
        chunks
            .bind("id", id)
            .bind("solution", text.solution)
            .bind("embedding", Vectors.toBytes(model.vector(text.query)))
            .bind("version", versions.get(i))
            .bind("at", at.atOffset(ZoneOffset.UTC))
            .add();
        solutions
            .bind("id", id)
            .bind("digest", digest)
            .bind("value", text.value)
            .bind("at", at.atOffset(ZoneOffset.UTC))
            .add();
        entries.add(new ChangeLog.Entry("solved_issues", id, versions.get(i)));
      }
      documents.execute();
      chunks.execute();
      solutions.execute();
      log.append(handle, entries);
    });
    node.projection.wake();
  }

  private static List<Long> versions(Handle handle, int count) {
    return handle
        .createQuery("SELECT nextval('record_version') FROM generate_series(1, :count)")
        .bind("count", count)
        .mapTo(Long.class)
        .list();
  }

  // ---- nights

  private RunView night() {
    clock.forward(Duration.ofHours(4));
    node.projection.catchUp();
    RunView run =
        node.call("collect_garbage", new CollectGarbage(false, null, false, 600), RunView.class);
    if (run.state() != State.DONE) {
      throw new IllegalStateException(run.toString());
    }
    node.database.useHandle(handle -> handle.execute("VACUUM"));
    return run;
  }

  private Size size() throws IOException {
    node.projection.catchUp();
    long index;
    try (Stream<Path> files = Files.walk(directory.resolve("index"))) {
      index = files.mapToLong(file -> file.toFile().length()).sum();
    }
    return new Size(
        number("SELECT pg_database_size(current_database())"),
        number("SELECT coalesce(sum(octet_length(embedding)), 0)::bigint FROM chunk"),
        index);
  }

  // ---- targets

  private boolean judged(double scale) {
    boolean met = true;
    System.out.println("largest tables with their indexes:");
    node.database
        .withHandle(handle ->
            handle
                .createQuery(
                    """
                    SELECT format('%s %s MB', relname, round(pg_total_relation_size(oid) / 1e6, 1))
                    FROM pg_class WHERE relkind = 'r' ORDER BY pg_total_relation_size(oid) DESC LIMIT 8
                    """)
                .mapTo(String.class)
                .list())
        .forEach(line -> System.out.println("  " + line));
    if (months.size() >= STEADY + 1) {
      Size from = months.get(STEADY - 1);
      Size to = months.getLast();
      int count = months.size() - STEADY;
      double database = scale * (to.database - from.database) / MB / count;
      double vectors = scale * (to.vectors - from.vectors) / MB / count;
      double index = scale * (to.index - from.index) / MB / count;
      System.out.printf(
          "growth a month after the third, net, at %.0f lessons a day: database %.1f MB (below %.0f), vectors %.1f MB and the index's files %.1f MB (below %.0f)%n",
          LEARNS_A_DAY, database, DATABASE_MB_MAX, vectors, index, VECTORS_MB_MAX);
      met = database < DATABASE_MB_MAX && vectors < VECTORS_MB_MAX && index < VECTORS_MB_MAX;
    } else {
      System.out.println("too short for a steady state: at least 120 days");
      met = false;
    }
    long merged =
        number("SELECT count(*) FROM audit_event WHERE details ->> 'reason' = 'duplicate'");
    double saved = (double) (merged + mergedByLearning) / lessons;
    System.out.printf(
        "deduplication: %d lessons, %d of them duplicates; %d merged as they were learned, %d by night; %.1f %% saved (at least %.0f)%n",
        lessons, duplicates, mergedByLearning, merged, 100 * saved, 100 * SAVED_MIN);
    met &= saved >= SAVED_MIN;
    Set<UUID> lost = new HashSet<>(pinned);
    lost.removeAll(
        node.database.withHandle(handle ->
            handle.createQuery("SELECT id FROM solution WHERE pinned").mapTo(UUID.class).list()));
    long valuable =
        number(
            """
            SELECT count(*) FROM audit_event a
            JOIN tombstone t ON t.id::text = a.target
            WHERE t.reason = 'expired' AND (t.solution ->> 'value_score')::float8 >= 0.5
            """);
    System.out.printf(
        "pinned: %d, lost: %d; valuable that expired: %d%n", pinned.size(), lost.size(), valuable);
    met &= lost.isEmpty() && valuable == 0;
    System.out.println(met ? "all targets met" : "MISSED");
    return met;
  }

  private long number(String sql) {
    return node.database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }
}
