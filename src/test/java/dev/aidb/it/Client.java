package dev.aidb.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a server over HTTP. Thread-safe. */
public final class Client implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** An answer. */
  public record Answer(int status, JsonNode body) {}

  private final URI server;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  public Client(URI server) {
    this.server = server;
  }

  public URI server() {
    return server;
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  public Answer delete(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE());
  }

  public Answer post(String path, Object body) throws IOException, InterruptedException {
    return send(request(path).POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  /**
   * Sends documents as one stream.
   *
   * @param line is given each line of the answer as it comes
   * @return the status of the whole
   */
  public int batch(List<?> documents, Consumer<JsonNode> line)
      throws IOException, InterruptedException {
    String body =
        documents.stream().map(JSON::writeValueAsString).collect(Collectors.joining("\n"));
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/documents/batch"))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofString(body))
            .build();
    var answer = http.send(request, BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        if (answer.statusCode() == 200) {
          line.accept(parsed(text));
        }
      }
    }
    return answer.statusCode();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(TIMEOUT)
        .header("Content-Type", "application/json");
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    String body = answer.body();
    return new Answer(answer.statusCode(), body.isEmpty() ? JSON.nullNode() : parsed(body));
  }

  /** A text that a crash cut off in the middle is a broken connection, not an answer. */
  private static JsonNode parsed(String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new IOException("the answer is cut", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
