package dev.aidb.embedding;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;

/**
 * The embedding of a query that was begun; to be closed by who began it, so that nobody works on
 * for a caller who has gone. For one thread.
 */
public final class PendingEmbedding implements AutoCloseable {
  private final EmbeddingJob job;
  private final Deadline deadline;
  private final long start;
  private final EmbeddingMetrics metrics;

  PendingEmbedding(EmbeddingJob job, Deadline deadline, long start, EmbeddingMetrics metrics) {
    this.job = job;
    this.deadline = deadline;
    this.start = start;
    this.metrics = metrics;
  }

  /**
   * The embedding, as soon as it is there.
   *
   * @throws AidbException as {@link Embedder#embed}
   */
  public Embedding await() {
    try {
      Embedding embedding = job.await(deadline).getFirst();
      metrics.served(Lane.INTERACTIVE, System.nanoTime() - start);
      return embedding;
    } catch (AidbException e) {
      metrics.failed(e.code());
      throw e;
    }
  }

  @Override
  public void close() {
    job.leave();
  }
}
