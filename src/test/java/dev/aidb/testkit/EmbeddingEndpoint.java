package dev.aidb.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.aidb.config.Config;
import dev.aidb.operation.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A small endpoint for embeddings, as Text Embeddings Inference speaks, that can hang and fail. Its
 * vectors mean nothing.
 */
public final class EmbeddingEndpoint implements AutoCloseable {
  private static final int DIMENSION = 8;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger hanging = new AtomicInteger();
  private final Semaphore gate = new Semaphore(0);
  private final HttpServer server;
  private volatile Mood mood = Mood.WELL;

  /** What it does with a question. */
  public enum Mood {
    WELL,
    HANGS,
    FAILS
  }

  private EmbeddingEndpoint(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/embed", this::answer);
    server.start();
  }

  public static EmbeddingEndpoint start() {
    try {
      return new EmbeddingEndpoint(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A configuration by which a server asks this endpoint. */
  public Config in(Config config) {
    return config
        .with("embeddings.url", "http://127.0.0.1:" + server.getAddress().getPort())
        .with("embeddings.protocol", "tei")
        .with("embeddings.model", "meaningless")
        .with("embeddings.dimension", DIMENSION);
  }

  public void is(Mood now) {
    mood = now;
  }

  /** How many questions came. */
  public int asked() {
    return asked.get();
  }

  /** How many questions wait for {@link #letGo}. */
  public int hanging() {
    return hanging.get();
  }

  /** Answers the questions that hang. */
  public void letGo() {
    gate.release(hanging.get());
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    JsonNode texts =
        Json.mapper()
            .readTree(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
            .path("inputs");
    switch (mood) {
      case WELL -> send(exchange, 200, vectors(texts.size()));
      case FAILS -> send(exchange, 500, "");
      case HANGS -> {
        hanging.incrementAndGet();
        gate.acquireUninterruptibly();
        hanging.decrementAndGet();
        send(exchange, 200, vectors(texts.size()));
      }
    }
  }

  private static String vectors(int count) {
    String one = "[1" + ",0".repeat(DIMENSION - 1) + "]";
    return IntStream.range(0, count).mapToObj(i -> one).collect(Collectors.joining(",", "[", "]"));
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
