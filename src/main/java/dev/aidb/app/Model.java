package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.config.Secret;
import dev.aidb.embedding.ApiKey;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.EmbeddingModel;
import dev.aidb.embedding.MiniLmModel;
import dev.aidb.embedding.RemoteModel;
import dev.aidb.embedding.RemoteSettings;
import dev.aidb.embedding.Tokenizer;
import dev.aidb.resilience.Breaker;
import dev.aidb.resilience.Breakers;
import java.net.URI;
import java.time.Duration;

/**
 * The model that the configuration names, with what goes with it.
 *
 * @param vectors makes the vectors
 * @param tokenizer measures chunks; always the bundled one, because an endpoint doesn't share its
 *     own
 * @param bounds the workers and queues that suit the model
 */
record Model(EmbeddingModel vectors, Tokenizer tokenizer, EmbedderSettings bounds)
    implements AutoCloseable {

  /**
   * Loads the bundled model or reaches for the endpoint.
   *
   * @throws dev.aidb.core.StartFailure when neither can be had
   */
  static Model load(Config.Embeddings config, Breakers breakers) {
    return config
        .url()
        .map(url -> remote(config, url, breakers.of(Breakers.EMBEDDINGS)))
        .orElseGet(() -> inProcess(config));
  }

  /** When the endpoint is left alone. */
  static Breaker.Rule breakerRule(Config.Embeddings config) {
    Duration slow = config.timeout().multipliedBy(4).dividedBy(5);
    return new Breaker.Rule(config.breakerFailures(), config.breakerOpen(), slow);
  }

  private static Model inProcess(Config.Embeddings config) {
    MiniLmModel model = MiniLmModel.bundled();
    int workers =
        config.workers() == 0 ? Runtime.getRuntime().availableProcessors() : config.workers();
    return new Model(model, model.tokenizer(), bounds(EmbedderSettings.inProcess(workers), config));
  }

  private static Model remote(Config.Embeddings config, URI url, Breaker breaker) {
    RemoteSettings.Protocol protocol =
        switch (config.protocol()) {
          case OPENAI -> RemoteSettings.Protocol.OPENAI;
          case TEI -> RemoteSettings.Protocol.TEI;
        };
    ApiKey key = config.apiKey().map(Secret::reveal).map(ApiKey::of).orElseGet(ApiKey::none);
    RemoteModel model =
        new RemoteModel(
            RemoteSettings.of(url, protocol, config.model(), config.dimension())
                .with(key)
                .withTimeout(config.timeout()),
            breaker);
    EmbedderSettings usual = EmbedderSettings.remote();
    int workers = config.workers() == 0 ? usual.interactiveWorkers() : config.workers();
    EmbedderSettings chosen =
        new EmbedderSettings(
            workers,
            config.workers() == 0 ? usual.bulkWorkers() : workers,
            usual.interactiveQueueMax(),
            usual.bulkQueueMax(),
            usual.jobTexts(),
            usual.cacheEntries(),
            usual.waitMax(),
            usual.closeWait());
    return new Model(model, MiniLmModel.bundledTokenizer(), bounds(chosen, config));
  }

  private static EmbedderSettings bounds(EmbedderSettings usual, Config.Embeddings config) {
    return new EmbedderSettings(
        usual.interactiveWorkers(),
        usual.bulkWorkers(),
        usual.interactiveQueueMax(),
        config.queue(),
        usual.jobTexts(),
        config.cache(),
        usual.waitMax(),
        usual.closeWait());
  }

  @Override
  public void close() {
    vectors.close();
  }
}
