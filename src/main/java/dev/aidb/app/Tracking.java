package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorSink;
import dev.aidb.core.IdSource;
import dev.aidb.embedding.Embedder;
import dev.aidb.issues.IssueMetrics;
import dev.aidb.issues.IssueQueue;
import dev.aidb.issues.IssueRecorder;
import dev.aidb.issues.IssueTracker;
import dev.aidb.issues.SolvedIssues;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Operation;
import dev.aidb.search.SearchAnswer;
import dev.aidb.search.SearchInput;
import dev.aidb.search.SearchOperations;
import dev.aidb.store.Database;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The issue tracker. Made before the database is there, because whatever fails during the start is
 * an issue too: until {@link #start} reports wait.
 */
final class Tracking implements AutoCloseable {
  private static final String SOLVED = "solved_issues";
  private static final Duration UPKEEP_EVERY = Duration.ofSeconds(5);

  private final Clock clock = Clock.systemUTC();
  private final IdSource ids;
  private final IssueMetrics metrics;
  private final IssueQueue queue;
  private final Duration kept;
  private @Nullable IssueTracker tracker;

  Tracking(Config config, IdSource ids, PrometheusRegistry registry) {
    this.ids = ids;
    this.metrics = new IssueMetrics(registry);
    this.queue = new IssueQueue(clock, metrics, IssueQueue.Settings.usual());
    this.kept = Duration.ofDays(config.issues().retentionDays());
  }

  /** Where unexpected failures go. */
  ErrorSink failures() {
    return queue;
  }

  /** Where the program's parts report what they find. */
  IssueRecorder recorder() {
    return queue;
  }

  /** Begins to record, and returns the operations. */
  List<Operation<?, ?>> start(Database database, Embedder embedder, SearchOperations search) {
    IssueTracker made =
        new IssueTracker(
            database,
            ids,
            clock,
            embedder,
            (description, caller, limit) -> solved(search, description, caller, limit),
            metrics,
            new IssueTracker.Settings(kept, UPKEEP_EVERY));
    tracker = made;
    made.start(queue);
    return made.operations();
  }

  /** By meaning alone; without the model there is no similarity to speak of, and so no solution. */
  private static List<SolvedIssues.Solved> solved(
      SearchOperations search, String description, Caller caller, int limit) {
    if (!caller.sees(SOLVED)) {
      return List.of();
    }
    SearchAnswer answer =
        search.search(
            new SearchInput(
                SOLVED,
                description,
                limit,
                0,
                0,
                null,
                null,
                SearchInput.Mode.VECTOR,
                null,
                Set.of(SearchInput.Include.CONTENT),
                null),
            caller);
    if (answer.mode() != SearchInput.Mode.VECTOR) {
      throw AidbException.unavailable(
          "The solutions can't be searched by meaning", Duration.ofSeconds(5), null);
    }
    return answer.results().stream()
        .map(result ->
            new SolvedIssues.Solved(
                result.documentId(),
                result.title(),
                Optional.ofNullable(result.content()).orElse(""),
                result.score()))
        .toList();
  }

  @Override
  public void close() {
    queue.close();
    IssueTracker made = tracker;
    if (made != null) {
      made.close();
    }
  }
}
