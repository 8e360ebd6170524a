package dev.aidb.issues;

import dev.aidb.core.IdSource;
import dev.aidb.embedding.Embedder;
import dev.aidb.operation.Operation;
import dev.aidb.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The feature as a whole: builds its parts, declares its operations, works in the background. */
public final class IssueTracker implements AutoCloseable {
  private final Issues issues;
  private final IssueUpkeep upkeep;
  private final List<Operation<?, ?>> operations;

  /**
   * How long and how often.
   *
   * @param kept how long closed issues and history stay
   * @param upkeepEvery how often the gauge of active issues is brought up to date
   */
  public record Settings(Duration kept, Duration upkeepEvery) {}

  public IssueTracker(
      Database database,
      IdSource ids,
      Clock clock,
      Embedder embedder,
      SolvedIssues solved,
      IssueMetrics metrics,
      Settings settings) {
    IssueRows rows = new IssueRows(database);
    HistoryRows history = new HistoryRows(database);
    Suggestions suggestions = new Suggestions(rows, history, embedder, solved);
    issues = new Issues(database, ids, clock, metrics);
    upkeep =
        new IssueUpkeep(
            rows, issues, suggestions, metrics, settings.kept(), settings.upkeepEvery());
    operations =
        new IssueOperations(issues, new Analysis(history, suggestions, clock)).operations();
  }

  /** Begins to work in the background, and to record what the queue takes. */
  public void start(IssueQueue queue) {
    queue.start(issues);
    upkeep.start();
  }

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return operations;
  }

  @Override
  public void close() {
    upkeep.close();
  }
}
