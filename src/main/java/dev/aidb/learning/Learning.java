package dev.aidb.learning;

import dev.aidb.core.IdSource;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.index.VectorIndex;
import dev.aidb.operation.Operation;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.List;

/** The feature as a whole: builds its parts and gathers their operations. */
public final class Learning implements AutoCloseable {
  private final Uses uses;
  private final LearningOperations operations;

  /** What the feature stands on. */
  public record Parts(
      Database database,
      CollectionRegistry collections,
      Embedder embedder,
      VectorIndex index,
      Projection projection,
      IdSource ids,
      Clock clock,
      PrometheusRegistry registry) {}

  /**
   * Builds it; {@link #start} has it count uses.
   *
   * @param approvalRequired whether what others than admins teach waits for approval
   */
  public Learning(Parts parts, boolean approvalRequired, Uses.Bounds bounds) {
    LearningMetrics metrics = new LearningMetrics(parts.registry);
    SolutionRows rows = new SolutionRows(parts.database);
    Surroundings surroundings = new Surroundings(parts.database, parts.index, parts.projection);
    Learner learner =
        new Learner(parts.database, rows, surroundings, parts.embedder, parts.projection, metrics);
    this.uses = new Uses(parts.database, parts.clock, metrics, bounds);
    this.operations =
        new LearningOperations(
            parts.collections,
            learner,
            rows,
            uses,
            parts.embedder,
            parts.ids,
            parts.clock,
            approvalRequired);
  }

  /** Begins to write uses. */
  public Learning start() {
    uses.start();
    return this;
  }

  /** Where uses of solutions are counted. */
  public Uses uses() {
    return uses;
  }

  public List<Operation<?, ?>> operations() {
    return operations.operations();
  }

  /** Writes the uses that wait. */
  @Override
  public void close() {
    uses.close();
  }
}
