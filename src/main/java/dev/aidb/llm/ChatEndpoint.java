package dev.aidb.llm;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Json;
import dev.aidb.resilience.Breaker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A model that is asked by {@code POST /v1/chat/completions}. */
public final class ChatEndpoint implements LanguageModel {
  private static final Logger LOG = System.getLogger(ChatEndpoint.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  /** A call that didn't work; the message is for the log and holds nothing of the answer. */
  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final ChatSettings settings;
  private final Breaker breaker;
  private final HttpClient client;

  public ChatEndpoint(ChatSettings settings, Breaker breaker) {
    this.settings = settings;
    this.breaker = breaker;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
  }

  @Override
  public String name() {
    return settings.model();
  }

  @Override
  public String write(String system, String user, int tokensMax) {
    byte[] question = question(system, user, tokensMax);
    Deadline deadline = Deadline.currentOr(settings.timeout());
    deadline.check();
    try {
      return breaker.call(() -> asked(question, deadline));
    } catch (Failed e) {
      LOG.log(Level.WARNING, "The language model gave no answer: " + e.getMessage());
      throw AidbException.unavailable("The language model is unavailable", RETRY_AFTER, e);
    }
  }

  private byte[] question(String system, String user, int tokensMax) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", settings.model());
    body.put(
        "messages",
        List.of(
            Map.of("role", "system", "content", system), Map.of("role", "user", "content", user)));
    body.put("max_tokens", tokensMax);
    body.put("temperature", 0);
    body.put("stream", false);
    return Json.bytes(body);
  }

  private String asked(byte[] question, Deadline deadline) throws Failed {
    HttpRequest request =
        request("/chat/completions")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(question))
            .build();
    HttpResponse<byte[]> answer = send(request, deadline.atMost(settings.timeout()));
    if (answer.statusCode() != 200) {
      throw new Failed("it answered " + answer.statusCode(), null);
    }
    return text(answer.body());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.address(path)).header("Accept", "application/json");
    String key = settings.key().get();
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  /** One exchange, its body included: the client's own timeout would end with the headers. */
  private HttpResponse<byte[]> send(HttpRequest request, Deadline until) throws Failed {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), settings.answerBytesMax()));
    try {
      return exchange.get(until.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Failed("it didn't answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AidbException(ErrorCode.UNAVAILABLE, "The request was cancelled", e);
    } catch (ExecutionException e) {
      throw new Failed(String.valueOf(e.getCause()), e.getCause());
    } finally {
      exchange.cancel(true); // hangs up unless it is over
    }
  }

  /** The text of the first choice; whatever has another shape is refused. */
  private static String text(byte[] body) throws Failed {
    Map<String, Object> answer;
    try {
      answer = Json.readObject(body);
    } catch (AidbException e) {
      throw new Failed("it isn't the JSON that was expected", e);
    }
    if (answer.get("choices") instanceof List<?> choices
        && !choices.isEmpty()
        && choices.getFirst() instanceof Map<?, ?> choice
        && choice.get("message") instanceof Map<?, ?> message
        && message.get("content") instanceof String text
        && !text.isBlank()) {
      return text.strip();
    }
    throw new Failed("there is no text in it", null);
  }

  @Override
  public Optional<String> probe(Duration patience) {
    try {
      HttpResponse<byte[]> answer = send(request("/models").GET().build(), Deadline.in(patience));
      // Some servers don't list their models, and are there nevertheless.
      return switch (answer.statusCode()) {
        case 401, 403 -> Optional.of("it refuses the key");
        default ->
            answer.statusCode() < 500
                ? Optional.empty()
                : Optional.of("it answers " + answer.statusCode());
      };
    } catch (Failed e) {
      return Optional.of(
          e.getCause() instanceof TimeoutException ? "it doesn't answer" : "it can't be reached");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
