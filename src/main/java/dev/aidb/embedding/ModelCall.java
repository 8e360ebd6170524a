package dev.aidb.embedding;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.time.Duration;
import java.util.List;

/** Takes a job to the model and trusts nothing that comes back. Thread-safe. */
final class ModelCall {
  private static final System.Logger LOG = System.getLogger(ModelCall.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final EmbeddingModel model;
  private final EmbeddingMetrics metrics;

  ModelCall(EmbeddingModel model, EmbeddingMetrics metrics) {
    this.model = model;
    this.metrics = metrics;
  }

  /** Completes the job one way or the other, unless nobody wants it any more. Never throws. */
  void run(EmbeddingJob job) {
    if (!job.isWanted()) {
      job.fail(
          new AidbException(
              ErrorCode.DEADLINE_EXCEEDED, "The embedding took longer than the request may"));
      return;
    }
    metrics.batch(job.texts().size());
    try {
      List<Embedding> embeddings =
          ScopedValue.where(Deadline.CURRENT, job.latest()).call(() -> model.embed(job.texts()));
      requireUsable(embeddings, job.texts().size());
      job.succeed(embeddings);
    } catch (AidbException e) {
      job.fail(e);
    } catch (RuntimeException | Error e) {
      // An Error too: the worker must outlive it, and the caller must hear of it.
      LOG.log(System.Logger.Level.ERROR, "The embedding model failed unexpectedly", e);
      job.fail(new AidbException(ErrorCode.INTERNAL, "The embedding failed unexpectedly", e));
    }
  }

  private void requireUsable(List<Embedding> embeddings, int texts) {
    boolean usable = embeddings.size() == texts;
    for (Embedding embedding : embeddings) {
      float[] vector = embedding.vector();
      usable &= vector.length == model.dimension() && Vectors.isUnit(vector);
    }
    if (!usable) {
      throw AidbException.unavailable(
          "The embedding model gave an unusable vector", RETRY_AFTER, null);
    }
  }
}
