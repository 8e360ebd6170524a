package dev.aidb.cli;

import dev.aidb.config.Secret;
import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Talks to a server. Every failure is a {@link StartFailure} that a person can read: the server
 * isn't there, took too long, or refused with a problem document. Thread-safe.
 */
public final class ApiClient {
  private static final long ANSWER_BYTES_MAX = 64L * 1024 * 1024;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final URI base;
  private final Optional<Secret> key;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param base the server's address, such as {@code http://127.0.0.1:8091}
   * @param key the API key to show, if any
   * @param timeout how long to wait for each answer
   */
  public ApiClient(URI base, Optional<Secret> key, Duration timeout) {
    this.base = base;
    this.key = key;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
  }

  /** Asks for {@code path}, which may have a query; the answer is missing when it has no body. */
  public JsonNode get(String path) {
    return json(send("GET", path, Optional.empty(), "application/json"));
  }

  public JsonNode delete(String path) {
    return json(send("DELETE", path, Optional.empty(), "application/json"));
  }

  public JsonNode post(String path, JsonNode body) {
    return json(send("POST", path, Optional.of(body.toString()), "application/json"));
  }

  public JsonNode patch(String path, JsonNode body) {
    return json(send("PATCH", path, Optional.of(body.toString()), "application/json"));
  }

  /**
   * Sends one request.
   *
   * @return the body of a successful answer
   */
  public String send(String method, String path, Optional<String> body, String contentType) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(path))
            .timeout(timeout)
            .header("Accept", "application/json, application/x-ndjson")
            .method(method, body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    body.ifPresent(text -> request.header("Content-Type", contentType));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
    HttpResponse<byte[]> answer = exchange(request.build());
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.statusCode() / 100 != 2) {
      throw refused(answer.statusCode(), text);
    }
    return text;
  }

  private URI address(String path) {
    String root = base.toString();
    return URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
  }

  private HttpResponse<byte[]> exchange(HttpRequest request) {
    try {
      return http.send(
          request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    } catch (ConnectException e) {
      throw new StartFailure(
          "Can't reach AIDB at " + base + ". Start it with: aidb serve",
          "(or name another server with --url or AIDB_URL)",
          e);
    } catch (HttpTimeoutException e) {
      throw new StartFailure(
          "AIDB at " + base + " did not answer within " + timeout.toSeconds() + " s",
          "Allow it longer with --timeout, or look at its log.",
          e);
    } catch (IOException e) {
      throw new StartFailure(
          "The connection to AIDB at " + base + " broke off", "Try again, or look at its log.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted", "", e);
    }
  }

  private StartFailure refused(int status, String body) {
    JsonNode problem = tryJson(body).orElse(MissingNode.getInstance());
    String detail = problem.path("detail").asString("");
    String title = problem.path("title").asString("");
    String said = detail.isEmpty() ? title : detail;
    String message =
        said.isEmpty() ? "The server at " + base + " answered " + status : Terminal.harmless(said);
    return new StartFailure(message, advice(status));
  }

  private static String advice(int status) {
    return switch (status) {
      case 401 -> "Show an API key with --key-file or AIDB_API_KEY_FILE.";
      case 403 -> "The key lacks the scope for this.";
      case 404, 405 -> "";
      case 429, 503 -> "Try again later.";
      default -> "";
    };
  }

  private JsonNode json(String body) {
    if (body.isBlank()) {
      return MissingNode.getInstance();
    }
    return tryJson(body)
        .orElseThrow(() ->
            new StartFailure(
                "What answers at " + base + " isn't AIDB: the answer is not JSON", ""));
  }

  private static Optional<JsonNode> tryJson(String body) {
    try {
      return Optional.of(JsonMapper.shared().readTree(body));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
