package dev.aidb.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.aidb.config.Config;
import dev.aidb.operation.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A small language model's endpoint, as OpenAI's API has it, that can hang, fail and babble. */
public final class ChatServer implements AutoCloseable {
  private static final int BABBLE_BYTES = 3 << 20;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile String lastQuestion = "{}";
  private volatile String lastKey = "";
  private final Semaphore gate = new Semaphore(0);
  private final HttpServer server;
  private volatile Mood mood = Mood.WELL;

  /** What it does with a question. */
  public enum Mood {
    WELL,
    HANGS,
    FAILS,
    REFUSES_THE_KEY,
    BABBLES,
    ANSWERS_ANOTHER_SHAPE,
    ANSWERS_NO_JSON
  }

  private ChatServer(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.createContext("/v1/models", this::models);
    server.start();
  }

  public static ChatServer start() {
    try {
      return new ChatServer(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** A configuration by which a server asks this endpoint. */
  public Config in(Config config) {
    return config.with("llm.base_url", address() + "/v1").with("llm.model", "tiny");
  }

  public void is(Mood now) {
    mood = now;
  }

  /** How many questions came. */
  public int asked() {
    return asked.get();
  }

  /** What came last. */
  public JsonNode lastQuestion() {
    return Json.mapper().readTree(lastQuestion);
  }

  public String lastKey() {
    return lastKey;
  }

  private void models(HttpExchange exchange) throws IOException {
    switch (mood) {
      case HANGS -> {
        gate.acquireUninterruptibly();
        exchange.close();
      }
      case FAILS -> send(exchange, 503, "");
      case REFUSES_THE_KEY -> send(exchange, 401, "");
      case WELL, BABBLES, ANSWERS_ANOTHER_SHAPE, ANSWERS_NO_JSON ->
          send(exchange, 200, "{\"data\": []}");
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    lastKey =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    lastQuestion = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    switch (mood) {
      case WELL -> send(exchange, 200, choice("Open it with allowedTCPPorts."));
      case HANGS -> {
        gate.acquireUninterruptibly();
        exchange.close();
      }
      case FAILS -> send(exchange, 500, "out of memory");
      case REFUSES_THE_KEY -> send(exchange, 401, "");
      case BABBLES -> send(exchange, 200, choice("bla ".repeat(BABBLE_BYTES / 4)));
      case ANSWERS_ANOTHER_SHAPE -> send(exchange, 200, "{\"choices\": [{\"text\": \"old\"}]}");
      case ANSWERS_NO_JSON -> send(exchange, 200, "<html>");
    }
  }

  private static String choice(String text) {
    return Json.text(
        Map.of(
            "id",
            "1",
            "choices",
            List.of(Map.of("index", 0, "message", Map.of("role", "assistant", "content", text)))));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    gate.release(1_000_000);
    server.stop(0);
    threads.shutdownNow();
  }
}
