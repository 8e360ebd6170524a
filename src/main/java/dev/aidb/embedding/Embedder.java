package dev.aidb.embedding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * The one entry point to embeddings: queues with bounds, workers, a cache of queries.
 *
 * <p>The lanes share nothing but the processor, so a query never stands in line behind documents.
 * Every vector that leaves is finite and of length 1; anything else is an {@code UNAVAILABLE}
 * error.
 */
public final class Embedder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Embedder.class.getName());
  private static final String PROBE_TEXT = "ready";

  private final EmbeddingModel model;
  private final EmbedderSettings settings;
  private final EmbeddingMetrics metrics;
  private final Map<Lane, EmbeddingLane> lanes = new EnumMap<>(Lane.class);

  /** Queries and their vectors. The model is not part of the key: an embedder has only one. */
  private final Cache<TextKey, Embedding> cache;

  private final ConcurrentHashMap<TextKey, EmbeddingJob> underWay = new ConcurrentHashMap<>();

  /** Starts the workers. Closing the embedder closes the model. */
  public Embedder(EmbeddingModel model, EmbedderSettings settings, EmbeddingMetrics metrics) {
    this.model = model;
    this.settings = settings;
    this.metrics = metrics;
    this.cache = Caffeine.newBuilder().maximumSize(settings.cacheEntries()).build();
    ModelCall call = new ModelCall(model, metrics);
    for (Lane lane : Lane.values()) {
      lanes.put(lane, new EmbeddingLane(lane, settings, call, metrics));
    }
    lanes.values().forEach(EmbeddingLane::start);
  }

  /** The model's name, as a collection records it. */
  public String model() {
    return model.name();
  }

  /** Numbers in a vector. */
  public int dimension() {
    return model.dimension();
  }

  /** The most tokens of one text that count, special tokens included. */
  public int maxTokens() {
    return model.maxTokens();
  }

  /**
   * Vectors of the texts, in order.
   *
   * <p>Waits no longer than the current {@link Deadline}. Of the interactive lane identical texts
   * are computed once, also when they are asked for at the same time, and remembered.
   *
   * @throws AidbException {@code DEADLINE_EXCEEDED}; {@code OVERLOADED} when the interactive lane's
   *     queue is full; {@code UNAVAILABLE} when the model fails or the embedder is closed
   */
  public List<Embedding> embed(List<String> texts, Lane lane) {
    long start = System.nanoTime();
    Deadline deadline = Deadline.currentOr(settings.waitMax());
    try {
      deadline.check();
      List<Embedding> embeddings =
          switch (lane) {
            case INTERACTIVE -> embedInteractive(texts, deadline);
            case BULK -> embedBulk(texts, deadline);
          };
      metrics.served(lane, System.nanoTime() - start);
      return embeddings;
    } catch (AidbException e) {
      metrics.failed(e.code());
      throw e;
    }
  }

  /** The vector of one query, if possible made on the calling thread. */
  public Embedding embedQuery(String text) {
    try (PendingEmbedding pending =
        begin(text, model.computesOnly() ? EmbeddingLane::runOrOffer : EmbeddingLane::offer)) {
      return pending.await();
    }
  }

  /**
   * Begins to embed a query, so that the caller can do other work until it needs the vector.
   *
   * @throws AidbException as {@link #embed}, where it is known at once
   */
  public PendingEmbedding begin(String text) {
    return begin(text, EmbeddingLane::offer);
  }

  private PendingEmbedding begin(String text, BiConsumer<EmbeddingLane, EmbeddingJob> start) {
    long begin = System.nanoTime();
    Deadline deadline = Deadline.currentOr(settings.waitMax());
    try {
      deadline.check();
      TextKey key = TextKey.of(text);
      Embedding cached = cache.getIfPresent(key);
      metrics.cacheLookup(cached != null);
      EmbeddingJob job =
          cached != null
              ? EmbeddingJob.done(List.of(cached))
              : joinOrStart(key, text, deadline, start);
      return new PendingEmbedding(job, deadline, begin, metrics);
    } catch (AidbException e) {
      metrics.failed(e.code());
      throw e;
    }
  }

  private List<Embedding> embedBulk(List<String> texts, Deadline deadline) {
    EmbeddingLane lane = lane(Lane.BULK);
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    List<EmbeddingJob> jobs = new ArrayList<>();
    try {
      for (int from = 0; from < texts.size(); from += settings.jobTexts()) {
        int to = Math.min(texts.size(), from + settings.jobTexts());
        EmbeddingJob job = new EmbeddingJob(List.copyOf(texts.subList(from, to)));
        job.join(deadline);
        jobs.add(job);
        lane.put(job, deadline);
      }
      for (EmbeddingJob job : jobs) {
        embeddings.addAll(job.await(deadline));
      }
      return embeddings;
    } finally {
      jobs.forEach(EmbeddingJob::leave); // after a failure the rest is for nobody
    }
  }

  private List<Embedding> embedInteractive(List<String> texts, Deadline deadline) {
    Map<TextKey, Embedding> known = new LinkedHashMap<>();
    Map<TextKey, EmbeddingJob> jobs = new LinkedHashMap<>();
    List<TextKey> keys = new ArrayList<>(texts.size());
    try {
      for (String text : texts) {
        TextKey key = TextKey.of(text);
        keys.add(key);
        if (known.containsKey(key) || jobs.containsKey(key)) {
          continue;
        }
        Embedding cached = cache.getIfPresent(key);
        metrics.cacheLookup(cached != null);
        if (cached != null) {
          known.put(key, cached);
        } else {
          jobs.put(key, joinOrStart(key, text, deadline, EmbeddingLane::offer));
        }
      }
      for (Map.Entry<TextKey, EmbeddingJob> job : jobs.entrySet()) {
        known.put(job.getKey(), job.getValue().await(deadline).getFirst());
      }
    } finally {
      jobs.values().forEach(EmbeddingJob::leave);
    }
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    for (TextKey key : keys) {
      embeddings.add(known.get(key));
    }
    return embeddings;
  }

  /** Joins the job that has the text already, or starts one. */
  private EmbeddingJob joinOrStart(
      TextKey key, String text, Deadline deadline, BiConsumer<EmbeddingLane, EmbeddingJob> start) {
    EmbeddingJob fresh = new EmbeddingJob(List.of(text));
    fresh.join(deadline);
    EmbeddingJob job =
        underWay.compute(key, (k, other) -> other != null && other.join(deadline) ? other : fresh);
    if (job == fresh) {
      // One that ended since the caller looked into the cache has left its result there.
      Embedding meanwhile = cache.getIfPresent(key);
      if (meanwhile != null) {
        fresh.succeed(List.of(meanwhile));
        underWay.remove(key, fresh);
        return fresh;
      }
      fresh
          .result()
          .whenComplete((embeddings, failure) -> {
            if (failure == null) {
              cache.put(key, embeddings.getFirst());
            }
            underWay.remove(key, fresh);
          });
      start.accept(lane(Lane.INTERACTIVE), fresh);
    }
    return job;
  }

  /**
   * Whether embeddings work: embeds a tiny text past the cache.
   *
   * @return empty if they do, else why they don't, for an operator
   */
  public Optional<String> probe(Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    EmbeddingJob job = new EmbeddingJob(List.of(PROBE_TEXT));
    job.join(deadline);
    try {
      lane(Lane.INTERACTIVE).offer(job);
      job.await(deadline);
      return Optional.empty();
    } catch (AidbException e) {
      return Optional.of(e.detail());
    } finally {
      job.leave();
    }
  }

  private EmbeddingLane lane(Lane lane) {
    EmbeddingLane found = lanes.get(lane);
    if (found == null) {
      throw new IllegalStateException("Every lane is made at the start");
    }
    return found;
  }

  /**
   * Takes on no more work, waits for what there is as long as the settings say, fails the rest and
   * frees the model.
   */
  @Override
  public void close() {
    Deadline deadline = Deadline.in(settings.closeWait());
    lanes.values().forEach(EmbeddingLane::refuse);
    boolean ended = true;
    for (EmbeddingLane lane : lanes.values()) {
      ended &= lane.end(deadline);
    }
    if (ended) {
      model.close();
    } else {
      // Its memory must not vanish under a call that is still running.
      LOG.log(System.Logger.Level.WARNING, "The embedding model was busy and is left open");
    }
  }
}
