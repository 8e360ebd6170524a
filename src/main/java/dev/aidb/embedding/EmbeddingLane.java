package dev.aidb.embedding;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A bounded queue of jobs and the threads that work it off. */
final class EmbeddingLane {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration INTERRUPTED_WAIT = Duration.ofMillis(200);

  /** Tells a worker to end. */
  private static final EmbeddingJob END = new EmbeddingJob(List.of());

  private final BlockingQueue<EmbeddingJob> queue;
  private final List<Thread> workers = new ArrayList<>();
  private final ModelCall call;

  /** The runs that may go on at once, whoever's thread they are on. */
  private final Semaphore runs;

  private volatile boolean refusing;
  private volatile boolean ended;

  EmbeddingLane(Lane lane, EmbedderSettings settings, ModelCall call, EmbeddingMetrics metrics) {
    this.call = call;
    int max = settings.queueMax(lane);
    queue = new ArrayBlockingQueue<>(max);
    metrics.watchQueue(lane, queue::size, max);
    runs = new Semaphore(settings.workers(lane));
    for (int i = 0; i < settings.workers(lane); i++) {
      workers.add(
          Thread.ofPlatform()
              .name("embed-" + lane.label() + "-" + i)
              .daemon()
              .unstarted(this::work));
    }
  }

  void start() {
    workers.forEach(Thread::start);
  }

  /**
   * Does the job on the calling thread if that need not wait: two hand-overs to a worker and back
   * cost a small text a tenth of its time. Otherwise as {@link #offer}.
   */
  void runOrOffer(EmbeddingJob job) {
    if (refusing || !queue.isEmpty() || !runs.tryAcquire()) {
      offer(job);
      return;
    }
    try {
      call.run(job);
    } finally {
      runs.release();
    }
  }

  /** Queues the job, or fails it and throws {@code OVERLOADED}. */
  void offer(EmbeddingJob job) {
    if (refusing) {
      throw failed(job, closing());
    }
    if (!queue.offer(job)) {
      throw failed(
          job, AidbException.overloaded("Too many texts wait to be embedded", RETRY_AFTER));
    }
    failIfEnded(job);
  }

  /** Queues the job as soon as there is room; throws {@code DEADLINE_EXCEEDED} if there is none. */
  void put(EmbeddingJob job, Deadline deadline) {
    if (refusing) {
      throw failed(job, closing());
    }
    try {
      if (!queue.offer(job, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AidbException(
            ErrorCode.DEADLINE_EXCEEDED, "The text waited too long for its turn to be embedded");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The request was cancelled", e);
    }
    failIfEnded(job);
  }

  /** A job may slip in after the last look into the queue: then its own caller finds out here. */
  private void failIfEnded(EmbeddingJob job) {
    if (ended) {
      throw failed(job, closing());
    }
  }

  private static AidbException failed(EmbeddingJob job, AidbException failure) {
    job.fail(failure);
    return failure;
  }

  private static AidbException closing() {
    return AidbException.unavailable("The server is shutting down", RETRY_AFTER, null);
  }

  private void work() {
    try {
      for (EmbeddingJob job = queue.take(); job != END; job = queue.take()) {
        run(job);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // end() has run out of patience
    }
  }

  private void run(EmbeddingJob job) throws InterruptedException {
    try {
      runs.acquire();
    } catch (InterruptedException e) {
      job.fail(closing());
      throw e;
    }
    try {
      call.run(job);
    } finally {
      runs.release();
    }
  }

  /** From now on new jobs are refused. */
  void refuse() {
    refusing = true;
  }

  /**
   * Waits for the workers to finish the queue, then fails what is left.
   *
   * @return whether every worker has ended
   */
  boolean end(Deadline deadline) {
    refusing = true;
    try {
      awaitWorkers(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.forEach(Thread::interrupt);
    boolean allEnded = joinInterrupted() && runs.tryAcquire(workers.size());
    ended = true;
    List<EmbeddingJob> left = new ArrayList<>();
    queue.drainTo(left);
    left.forEach(job -> job.fail(closing()));
    return allEnded;
  }

  private void awaitWorkers(Deadline deadline) throws InterruptedException {
    for (int i = 0; i < workers.size(); i++) {
      if (!queue.offer(END, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
    for (Thread worker : workers) {
      worker.join(deadline.remaining());
    }
    if (runs.tryAcquire(workers.size(), deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      runs.release(workers.size());
    }
  }

  private boolean joinInterrupted() {
    Deadline deadline = Deadline.in(INTERRUPTED_WAIT);
    boolean allEnded = true;
    for (Thread worker : workers) {
      try {
        allEnded &= worker.join(deadline.remaining());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return workers.stream().noneMatch(Thread::isAlive);
      }
    }
    return allEnded;
  }
}
