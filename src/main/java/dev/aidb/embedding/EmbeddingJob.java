package dev.aidb.embedding;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Some texts of one caller on their way through the model, with everybody who waits for them. Alive
 * while somebody waits: a job whose callers have all left or run out of time is not worked on.
 */
final class EmbeddingJob {
  private final List<String> texts;
  private final CompletableFuture<List<Embedding>> result = new CompletableFuture<>();
  private int waiting;
  private Deadline latest = new Deadline(System.nanoTime());
  private boolean abandoned;

  EmbeddingJob(List<String> texts) {
    this.texts = texts;
  }

  /** A job that needn't be worked on. */
  static EmbeddingJob done(List<Embedding> embeddings) {
    EmbeddingJob job = new EmbeddingJob(List.of());
    job.result.complete(embeddings);
    return job;
  }

  List<String> texts() {
    return texts;
  }

  /**
   * Joins those who wait.
   *
   * @return false if the job was given up before
   */
  synchronized boolean join(Deadline deadline) {
    if (abandoned) {
      return false;
    }
    waiting++;
    if (deadline.nanoTime() - latest.nanoTime() > 0) {
      latest = deadline;
    }
    return true;
  }

  /** A caller that joined has gone. */
  synchronized void leave() {
    waiting--;
  }

  /** When the last of those who wait gives up. */
  synchronized Deadline latest() {
    return latest;
  }

  /** Whether anybody still waits; if not the job is given up for good. */
  synchronized boolean isWanted() {
    if (waiting <= 0 || latest.passed()) {
      abandoned = true;
    }
    return !abandoned;
  }

  CompletableFuture<List<Embedding>> result() {
    return result;
  }

  void succeed(List<Embedding> embeddings) {
    result.complete(embeddings);
  }

  void fail(AidbException failure) {
    synchronized (this) {
      abandoned = true;
    }
    result.completeExceptionally(failure);
  }

  /** Waits for the result until the deadline. */
  List<Embedding> await(Deadline deadline) {
    try {
      return result.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AidbException(
          ErrorCode.DEADLINE_EXCEEDED, "The embedding took longer than the request may", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The request was cancelled", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** A new exception for each caller, so that nobody shares a stack trace. */
  private static AidbException failure(@Nullable Throwable cause) {
    if (cause instanceof AidbException failure) {
      return failure
          .retryAfter()
          .map(wait -> withRetry(failure, wait))
          .orElseGet(() -> new AidbException(failure.code(), failure.detail(), failure));
    }
    return new AidbException(ErrorCode.INTERNAL, "The embedding failed unexpectedly", cause);
  }

  private static AidbException withRetry(AidbException failure, Duration wait) {
    return failure.code() == ErrorCode.OVERLOADED
        ? AidbException.overloaded(failure.detail(), wait)
        : AidbException.unavailable(failure.detail(), wait, failure);
  }
}
