package dev.aidb.embedding;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import dev.aidb.resilience.Breaker;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A model behind an OpenAI-compatible or Text-Embeddings-Inference endpoint.
 *
 * <p>Every attempt goes through a circuit breaker. Asking twice does no harm, so a refused or
 * broken connection, 429 and 503 are tried again after a random pause that grows, within the
 * deadline and a {@link RetryBudget}. An answer of the wrong count or dimension, or with a vector
 * that is zero or not finite, is an {@code UNAVAILABLE} error. The endpoint doesn't say how many
 * tokens a text had: {@link Embedding#tokens()} is 0 and {@link Embedding#truncated()} false.
 */
public final class RemoteModel implements EmbeddingModel {
  private static final System.Logger LOG = System.getLogger(RemoteModel.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int RETRIES_MAX = 10;
  private static final long PAUSE_MILLIS = 100;

  /** One attempt that didn't work; the message is for the log. */
  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean again;

    Failed(String message, boolean again, @Nullable Throwable cause) {
      super(message, cause);
      this.again = again;
    }
  }

  private final RemoteSettings settings;
  private final HttpClient client;
  private final Breaker breaker;
  private final RetryBudget budget = new RetryBudget(RETRIES_MAX);
  private final int dimension;

  /**
   * Asks the endpoint for the dimension unless the settings know it; with it, an endpoint that is
   * down doesn't keep the program from starting.
   *
   * @throws StartFailure if the key can't be read, or the dimension can't be learned
   */
  public RemoteModel(RemoteSettings settings, Breaker breaker) {
    this.settings = settings;
    this.breaker = breaker;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
    try {
      key();
      this.dimension = settings.dimension() > 0 ? settings.dimension() : discover();
    } catch (Failed e) {
      client.shutdownNow();
      throw new StartFailure(
          "The key of the embedding endpoint can't be used: " + e.getMessage(),
          "Put the key alone into the configured file and let this program's user read it.",
          e);
    } catch (AidbException e) {
      client.shutdownNow();
      throw new StartFailure(
          "The embedding endpoint doesn't say the dimension of its vectors",
          "Check its address and that it runs, or configure the dimension.",
          e);
    }
  }

  private int discover() {
    return ask(List.of("dimension"), Deadline.in(settings.timeout())).getFirst().length;
  }

  @Override
  public String name() {
    return settings.model();
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int maxTokens() {
    return settings.maxTokens();
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    if (texts.isEmpty()) {
      return embeddings;
    }
    for (float[] vector : ask(texts, Deadline.currentOr(settings.timeout()))) {
      if (vector.length != dimension) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The embedding endpoint answered with {0} numbers where {1} are needed",
            vector.length,
            dimension);
        throw unavailable(null);
      }
      embeddings.add(new Embedding(vector, 0, false));
    }
    return embeddings;
  }

  private List<float[]> ask(List<String> texts, Deadline deadline) {
    byte[] question = RemoteAnswer.question(settings.protocol(), settings.model(), texts);
    for (int attempt = 1; ; attempt++) {
      deadline.check();
      try {
        List<float[]> vectors = breaker.call(() -> attempt(question, texts.size(), deadline));
        budget.succeeded();
        return vectors;
      } catch (Failed e) {
        boolean again = e.again && attempt < settings.attemptsMax() && budget.take();
        if (!again) {
          LOG.log(System.Logger.Level.WARNING, "The embedding endpoint failed: " + e.getMessage());
          throw unavailable(e);
        }
        pause(attempt, deadline);
      }
    }
  }

  private static AidbException unavailable(@Nullable Throwable cause) {
    return AidbException.unavailable("The embedding endpoint is unavailable", RETRY_AFTER, cause);
  }

  /**
   * Waits 50..100 ms, twice that after the second attempt, and so on, but not past the deadline.
   */
  private static void pause(int attempt, Deadline deadline) {
    long longest = PAUSE_MILLIS << (attempt - 1);
    long millis = ThreadLocalRandom.current().nextLong(longest / 2, longest);
    try {
      Thread.sleep(Math.min(millis, deadline.remaining().toMillis()));
    } catch (InterruptedException e) {
      throw cancelled(e);
    }
  }

  private static AidbException cancelled(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new AidbException(ErrorCode.UNAVAILABLE, "The request was cancelled", e);
  }

  private List<float[]> attempt(byte[] question, int texts, Deadline deadline) throws Failed {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.address())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(question));
    String key = key();
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    HttpResponse<byte[]> response = send(request.build(), deadline);
    int status = response.statusCode();
    if (status != 200) {
      throw new Failed("it answered " + status, status == 429 || status == 503, null);
    }
    try {
      return RemoteAnswer.vectors(settings.protocol(), response.body(), texts);
    } catch (RemoteAnswer.Unusable e) {
      throw new Failed(String.valueOf(e.getMessage()), false, e);
    }
  }

  /** One exchange, its body included: the client's own timeout would end with the headers. */
  private HttpResponse<byte[]> send(HttpRequest request, Deadline deadline) throws Failed {
    Deadline nearest = deadline.atMost(settings.timeout());
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request, head -> new BoundedBody(settings.responseBytesMax()));
    try {
      return exchange.get(nearest.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (deadline.passed()) {
        throw new AidbException(
            ErrorCode.DEADLINE_EXCEEDED, "The embedding took longer than the request may", e);
      }
      throw new Failed("it didn't answer in time", false, e);
    } catch (InterruptedException e) {
      throw cancelled(e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      boolean broken = cause instanceof IOException && !(cause instanceof BoundedBody.TooLong);
      throw new Failed(String.valueOf(cause), broken, cause);
    } finally {
      exchange.cancel(true); // hangs up unless it is over
    }
  }

  private String key() throws Failed {
    try {
      return settings.apiKey().read();
    } catch (ApiKey.Unusable e) {
      throw new Failed(String.valueOf(e.getMessage()), false, e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
