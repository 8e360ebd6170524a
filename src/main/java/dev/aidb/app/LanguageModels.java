package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.config.Secret;
import dev.aidb.llm.ChatEndpoint;
import dev.aidb.llm.ChatSettings;
import dev.aidb.llm.LanguageModel;
import dev.aidb.resilience.Breakers;
import java.util.Optional;

/** The language model that the configuration names. */
final class LanguageModels {
  private LanguageModels() {}

  /** Asks nothing of it yet: one that is down doesn't keep the server from starting. */
  static Optional<LanguageModel> configured(Config.Llm config, Breakers breakers) {
    String key = config.apiKey().map(Secret::reveal).orElse("");
    return config
        .baseUrl()
        .map(url ->
            new ChatEndpoint(
                ChatSettings.of(url, config.model(), () -> key, config.timeout()),
                breakers.of(Breakers.LLAMA_CPP)));
  }
}
