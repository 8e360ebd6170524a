package dev.aidb.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * A few requests of each common kind, so that a training run meets the code that a first user
 * meets.
 */
final class WarmUp {
  private static final String DOCUMENT =
      """
      {"collection":"nixos_docs","path":"warm-up/%d.md","content_type":"text/markdown",
       "content":"# Warm up\\n\\nA server that answers its first question quickly, number %d."}
      """;
  private static final String QUESTION =
      """
      {"query":"which server answers quickly","mode":"%s","limit":5}
      """;
  private static final int ROUNDS = 20;

  private WarmUp() {}

  static void run(URI server) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < ROUNDS; i++) {
        post(client, server.resolve("/documents"), DOCUMENT.formatted(i, i));
        for (String mode : new String[] {"hybrid", "vector", "keyword"}) {
          post(client, server.resolve("/vector/search"), QUESTION.formatted(mode));
        }
        get(client, server.resolve("/health/ready"));
        get(client, server.resolve("/metrics"));
      }
    } catch (IOException e) {
      throw new IllegalStateException("the server didn't answer its own warm-up", e);
    }
  }

  private static void post(HttpClient client, URI uri, String json)
      throws IOException, InterruptedException {
    send(client, HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private static void get(HttpClient client, URI uri) throws IOException, InterruptedException {
    send(client, HttpRequest.newBuilder(uri));
  }

  private static void send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<Void> answer =
        client.send(
            request.header("Content-Type", "application/json").build(),
            HttpResponse.BodyHandlers.discarding());
    if (answer.statusCode() >= 300) {
      throw new IOException("status " + answer.statusCode());
    }
  }
}
