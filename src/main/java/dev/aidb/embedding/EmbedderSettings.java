package dev.aidb.embedding;

import java.time.Duration;

/**
 * The bounds of an {@link Embedder}.
 *
 * @param interactiveWorkers threads for queries, 1..256
 * @param bulkWorkers threads for documents, 1..256
 * @param interactiveQueueMax jobs that may wait in the lane of queries, 1..100,000
 * @param bulkQueueMax jobs that may wait in the lane of documents, 1..100,000
 * @param jobTexts texts of one caller that go to the model together, 1..2,048: 1 for a model in
 *     this process, more for one across a network
 * @param cacheEntries embeddings of queries that are kept, 0..10,000,000; one takes about 1.6 KB
 * @param waitMax how long a caller without a deadline waits
 * @param closeWait how long {@link Embedder#close()} waits for work that has been taken on
 */
public record EmbedderSettings(
    int interactiveWorkers,
    int bulkWorkers,
    int interactiveQueueMax,
    int bulkQueueMax,
    int jobTexts,
    int cacheEntries,
    Duration waitMax,
    Duration closeWait) {
  private static final int WORKERS_MAX = 256;
  private static final int QUEUE_MAX = 100_000;
  private static final int JOB_TEXTS_MAX = 2_048;
  private static final int CACHE_MAX = 10_000_000;

  public EmbedderSettings {
    requireWithin("interactiveWorkers", interactiveWorkers, 1, WORKERS_MAX);
    requireWithin("bulkWorkers", bulkWorkers, 1, WORKERS_MAX);
    requireWithin("interactiveQueueMax", interactiveQueueMax, 1, QUEUE_MAX);
    requireWithin("bulkQueueMax", bulkQueueMax, 1, QUEUE_MAX);
    requireWithin("jobTexts", jobTexts, 1, JOB_TEXTS_MAX);
    requireWithin("cacheEntries", cacheEntries, 0, CACHE_MAX);
    requirePositive("waitMax", waitMax);
    requirePositive("closeWait", closeWait);
  }

  /** For a model in this process: a worker of each lane per core, text by text. */
  public static EmbedderSettings inProcess(int cores) {
    return new EmbedderSettings(
        cores, cores, 256, 1_024, 1, 10_000, Duration.ofSeconds(30), Duration.ofSeconds(5));
  }

  /** For a model across a network: workers wait rather than work, and texts travel together. */
  public static EmbedderSettings remote() {
    return new EmbedderSettings(
        8, 4, 256, 256, 32, 10_000, Duration.ofSeconds(30), Duration.ofSeconds(5));
  }

  int workers(Lane lane) {
    return switch (lane) {
      case INTERACTIVE -> interactiveWorkers;
      case BULK -> bulkWorkers;
    };
  }

  int queueMax(Lane lane) {
    return switch (lane) {
      case INTERACTIVE -> interactiveQueueMax;
      case BULK -> bulkQueueMax;
    };
  }

  private static void requireWithin(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " must be " + min + ".." + max);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive");
    }
  }
}
