package dev.aidb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.aidb.config.Config;
import dev.aidb.resilience.Breakers;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ModelTest {
  @Test
  void anEndpointTakesTheBundledModelsPlace() throws Exception {
    AtomicReference<String> key = new AtomicReference<>();
    HttpServer endpoint =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.createContext(
        "/embed",
        exchange -> {
          key.set(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] answer = "[[0.6, 0.8]]".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    endpoint.start();
    Config config =
        Config.defaults()
            .with("embeddings.url", "http://127.0.0.1:" + endpoint.getAddress().getPort())
            .with("embeddings.protocol", "tei")
            .with("embeddings.model", "two-numbers")
            .with("embeddings.api_key", "k-1")
            .with("embeddings.workers", 3)
            .with("embeddings.queue", 7);
    try (Model model =
        Model.load(config.embeddings(), new Breakers(new PrometheusRegistry(), false))) {
      assertThat(model.vectors().name()).isEqualTo("two-numbers");
      assertThat(model.vectors().dimension()).isEqualTo(2); // asked for, since it wasn't told
      assertThat(model.vectors().embed(List.of("a")).getFirst().vector()).containsExactly(.6f, .8f);
      assertThat(key).hasValue("Bearer k-1");
      assertThat(model.bounds().interactiveWorkers()).isEqualTo(3);
      assertThat(model.bounds().bulkQueueMax()).isEqualTo(7);
      assertThat(model.tokenizer().tokenize("measured").count()).isPositive();
    } finally {
      endpoint.stop(0);
    }
  }
}
