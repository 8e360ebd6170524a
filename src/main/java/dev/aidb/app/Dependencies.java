package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.core.AidbException;
import dev.aidb.embedding.Embedder;
import dev.aidb.health.DiskSpace;
import dev.aidb.health.Health;
import dev.aidb.health.Probe;
import dev.aidb.index.VectorIndex;
import dev.aidb.limits.RateLimits;
import dev.aidb.llm.LanguageModel;
import dev.aidb.projection.IndexFigures;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What the probes look at, once it is there: the probes run from the first moment, the dependencies
 * come later.
 */
final class Dependencies {
  private static final Duration DATABASE_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration OTHER_TIMEOUT = Duration.ofSeconds(3);
  private static final int FAIL_AFTER = 3;
  private static final int RECOVER_AFTER = 2;

  private volatile @Nullable Callable<Void> database;
  private volatile @Nullable Callable<Void> embedder;
  private volatile @Nullable Callable<Void> index;
  private volatile @Nullable Callable<Void> redis;
  private volatile @Nullable Callable<Void> figures;
  private volatile @Nullable Callable<Void> model;

  List<Probe> probes(Config config, PrometheusRegistry registry) {
    Config.Health health = config.health();
    List<Probe> probes = new ArrayList<>();
    probes.add(probe(Health.DATABASE, DATABASE_TIMEOUT, health, () -> run(database)));
    probes.add(probe(Health.EMBEDDINGS, OTHER_TIMEOUT, health, () -> run(embedder)));
    probes.add(probe("index", OTHER_TIMEOUT, health, () -> run(index)));
    if (Limits.areShared(config)) {
      probes.add(probe(Health.REDIS, OTHER_TIMEOUT, health, () -> run(redis)));
    }
    probes.add(
        probe(
            "disk_space",
            OTHER_TIMEOUT,
            health,
            new DiskSpace(config.dataDir(), health.diskFreeMin().bytes(), registry)));
    probes.add(probe("index_lag", OTHER_TIMEOUT, health, () -> run(figures)));
    if (config.llm().baseUrl().isPresent()) {
      probes.add(probe(Health.LLAMA_CPP, OTHER_TIMEOUT, health, () -> run(model)));
    }
    return List.copyOf(probes);
  }

  void database(Database up) {
    database =
        () -> {
          up.ping(DATABASE_TIMEOUT);
          return null;
        };
  }

  void embedder(Embedder up) {
    embedder =
        () -> {
          up.probe(OTHER_TIMEOUT)
              .ifPresent(why -> {
                throw AidbException.unavailable(why, Duration.ofSeconds(5), null);
              });
          return null;
        };
  }

  void languageModel(LanguageModel up) {
    model =
        () -> {
          up.probe(OTHER_TIMEOUT)
              .ifPresent(why -> {
                throw AidbException.unavailable(why, Duration.ofSeconds(5), null);
              });
          return null;
        };
  }

  void limits(RateLimits up) {
    redis =
        () -> {
          up.probe(OTHER_TIMEOUT);
          return null;
        };
  }

  void index(VectorIndex files, Projection projection) {
    index =
        () -> {
          files.check();
          if (!projection.ready()) {
            throw AidbException.unavailable(
                "the index is being built", Duration.ofSeconds(5), null);
          }
          projection
              .trouble()
              .ifPresent(why -> {
                throw AidbException.unavailable(why, Duration.ofSeconds(5), null);
              });
          return null;
        };
  }

  void figures(IndexFigures up, Duration lagMax) {
    figures =
        () -> {
          if (up.refresh().compareTo(lagMax) > 0) {
            throw AidbException.unavailable(
                "the index is more than " + lagMax.toSeconds() + " s behind the rows",
                Duration.ofSeconds(5),
                null);
          }
          return null;
        };
  }

  private static Probe probe(
      String name, Duration timeout, Config.Health health, Callable<Void> check) {
    return new Probe(
        name,
        health.critical().contains(name),
        timeout,
        health.interval(),
        FAIL_AFTER,
        RECOVER_AFTER,
        check);
  }

  private static @Nullable Void run(@Nullable Callable<Void> check) throws Exception {
    if (check == null) {
      throw AidbException.unavailable("it is still starting", Duration.ofSeconds(1), null);
    }
    return check.call();
  }
}
