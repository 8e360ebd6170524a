package dev.aidb.testkit;

import dev.aidb.operation.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * A client that believes nothing: every answer is checked against what the server's own {@code
 * /openapi.json} says of it. Thread-safe.
 */
public final class ApiClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Supplier<Contract> contract;

  ApiClient(URI base) {
    this.base = base;
    this.contract = new Once(() -> new Contract(plain("/openapi.json").json()));
  }

  /** An answer that agreed with the contract. */
  public record Answer(int status, String body, HttpHeaders headers) {
    /** The body as a tree. */
    public JsonNode json() {
      return Json.mapper().readTree(body);
    }

    /** A stream's lines. */
    public List<JsonNode> lines() {
      return body.lines().map(Json.mapper()::readTree).toList();
    }

    /** The text at a JSON pointer, such as {@code /results/0/id}. */
    public String text(String pointer) {
      JsonNode at = json().at(pointer);
      return at.isMissingNode() ? "" : at.asString();
    }

    public Optional<String> header(String name) {
      return headers.firstValue(name);
    }
  }

  public URI base() {
    return base;
  }

  /** What the server says it serves. */
  public Contract contract() {
    return contract.get();
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** Posts a value as JSON. */
  public Answer post(String path, Map<String, ?> body) {
    return post(path, Json.text(body));
  }

  /** Posts a text that is said to be JSON. */
  public Answer post(String path, String body) {
    return post(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  public Answer post(String path, String type, byte[] body) {
    return send(
        request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** A request to be completed and sent. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
  }

  /** Sends a request and checks the answer. */
  public Answer send(HttpRequest.Builder builder) {
    HttpRequest request = builder.build();
    Answer answer = exchange(request);
    contract().check(request.method(), request.uri().getRawPath(), answer);
    return answer;
  }

  /** An answer to a route that the contract doesn't speak of, such as {@code /docs}. */
  public Answer plain(String path) {
    return exchange(request(path).GET().build());
  }

  private Answer exchange(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A value for a query string. */
  public static String escaped(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** The value of one series in the Prometheus text; 0 where there is none. */
  public double metric(String series) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  private static final class Once implements Supplier<Contract> {
    private final Supplier<Contract> make;
    private volatile Optional<Contract> made = Optional.empty();

    Once(Supplier<Contract> make) {
      this.make = make;
    }

    @Override
    public Contract get() {
      if (made.isEmpty()) {
        synchronized (this) {
          if (made.isEmpty()) {
            made = Optional.of(make.get());
          }
        }
      }
      return made.orElseThrow();
    }
  }
}
