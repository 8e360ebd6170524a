package dev.aidb.learning;

import dev.aidb.core.Deadline;
import dev.aidb.core.UuidV7Source;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.documents.Status;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.index.ArmPage;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.VectorIndex;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.learning.LearningOperations.FeedbackAnswer;
import dev.aidb.learning.LearningOperations.FeedbackInput;
import dev.aidb.learning.LearningOperations.LearnAnswer;
import dev.aidb.learning.LearningOperations.LearnInput;
import dev.aidb.learning.LearningOperations.PatchSolution;
import dev.aidb.learning.LearningOperations.SolutionId;
import dev.aidb.learning.LearningOperations.SolutionView;
import dev.aidb.operation.Call;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.projection.Projection;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A node of the feature over a real server and a real index, with a model made for tests. */
final class LearningFixture implements AutoCloseable {
  static final Caller ADMIN =
      new Caller("key:admin", Set.of(Scope.READ, Scope.WRITE, Scope.ADMIN), Optional.empty());
  static final Caller AGENT =
      new Caller("key:agent", Set.of(Scope.READ, Scope.WRITE), Optional.empty());

  final Database database;
  final WordModel model = new WordModel();
  final VectorIndex index;
  final Projection projection;
  final Learning learning;
  private final Embedder embedder;

  private LearningFixture(Database database, Path directory, boolean approval, Duration poll) {
    this.database = database;
    this.embedder =
        new Embedder(
            model, EmbedderSettings.inProcess(2), new EmbeddingMetrics(new PrometheusRegistry()));
    CollectionRegistry collections = new CollectionRegistry(database);
    collections.ensureBuiltIns(model.name(), model.dimension());
    this.index = LuceneIndex.open(directory);
    this.projection =
        new Projection(
            database,
            new ChangeLog(database),
            index,
            () -> {},
            new Projection.Settings(poll, Duration.ofMillis(50), UUID.randomUUID()));
    projection.start();
    this.learning =
        new Learning(
                new Learning.Parts(
                    database,
                    collections,
                    embedder,
                    index,
                    projection,
                    UuidV7Source.system(),
                    Clock.systemUTC(),
                    new PrometheusRegistry()),
                approval,
                // Written when a test says so, lest a count be read while it moves.
                new Uses.Bounds(Duration.ofHours(1), 3, 2, Duration.ofSeconds(5)))
            .start();
  }

  static LearningFixture open(Path directory) {
    return new LearningFixture(
        PostgresForTests.freshDatabase(), directory, false, Duration.ofMillis(10));
  }

  static LearningFixture withApproval(Path directory) {
    return new LearningFixture(
        PostgresForTests.freshDatabase(), directory, true, Duration.ofMillis(10));
  }

  /** Another node on the same database, which learns of this one's writes late. */
  LearningFixture anotherNode(Path directory) {
    return new LearningFixture(
        Database.open(
            database.endpoint(),
            new dev.aidb.store.PoolSettings(2, 18, Duration.ofSeconds(10), Duration.ofMinutes(30))),
        directory,
        false,
        Duration.ofSeconds(30));
  }

  static LearnInput input(String query, String solution) {
    return new LearnInput(query, solution, null, Outcome.UNKNOWN, null, "default", null, true);
  }

  static LearnInput input(
      String query,
      String solution,
      @Nullable Double value,
      Outcome outcome,
      @Nullable Double feedback) {
    return new LearnInput(query, solution, value, outcome, feedback, "default", null, true);
  }

  static LearnInput input(String query, String solution, Map<String, Object> metadata) {
    return new LearnInput(query, solution, null, Outcome.UNKNOWN, null, "default", metadata, true);
  }

  LearnAnswer learn(LearnInput input) {
    return learn(input, AGENT).body();
  }

  Reply<LearnAnswer> learn(LearnInput input, Caller caller) {
    return call("learn", input, caller);
  }

  SolutionView get(UUID id) {
    return this.<SolutionId, SolutionView>call("get_solution", new SolutionId(id), AGENT).body();
  }

  FeedbackAnswer judge(
      UUID id, LearningOperations.@Nullable Told outcome, @Nullable Double feedback) {
    return this.<FeedbackInput, FeedbackAnswer>call(
            "feedback", new FeedbackInput(id, outcome, feedback), AGENT)
        .body();
  }

  SolutionView pin(UUID id, boolean pinned) {
    return this.<PatchSolution, SolutionView>call(
            "update_solution", new PatchSolution(id, pinned), AGENT)
        .body();
  }

  @SuppressWarnings("unchecked")
  <I extends Record, O> Reply<O> call(String name, I input, Caller caller) {
    Operation<?, ?> found =
        learning.operations().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
    Call call = new Call("test", caller, Deadline.in(Duration.ofSeconds(30)));
    return ((Handler.Unary<I, O>) found.handler()).handle(input, call);
  }

  /** How many records a search for these words finds. */
  ArmPage search(String words) {
    return index.keyword(new KeywordQuery("solved_issues", words, RecordFilter.ALL, 0, 0, 100));
  }

  long count(String table) {
    return database.withHandle(
        handle -> handle.createQuery("SELECT count(*) FROM " + table).mapTo(Long.class).one());
  }

  void setStatus(UUID id, Status status) {
    database.useHandle(handle ->
        handle.execute("UPDATE document SET status = ? WHERE id = ?", status.wireName(), id));
  }

  @Override
  public void close() {
    learning.close();
    projection.close();
    index.close();
    embedder.close();
    database.close();
  }
}
