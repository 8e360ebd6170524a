package dev.aidb.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a batch to {@code POST /documents/batch} until each of its documents has an answer. What
 * was answered before a connection broke isn't sent again; what was stored without its answer
 * having come is answered {@code unchanged} the next time. A rate limit (429) is waited for as long
 * as it asks, an hour at most. Thread-safe.
 */
final class BatchSender {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
  private static final int RETRY_AFTER_SECONDS_MAX = 3_600;

  /** Says that the server couldn't be had; its message is for people. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    /** What to do about it, as a sentence. */
    private final String advice;

    Failed(String message) {
      this(message, "Run the same command again to go on.");
    }

    Failed(String message, String advice) {
      super(message);
      this.advice = advice;
    }

    String advice() {
      return advice;
    }
  }

  /**
   * @param endpoint the address of the batch operation
   * @param key the API key, if there is one
   * @param requestTimeout how long the server may take for each line of its answer
   * @param patience how long to try again while nothing is answered
   * @param firstPause the pause before the first repetition; it doubles each time
   */
  record Settings(
      URI endpoint,
      Optional<String> key,
      Duration requestTimeout,
      Duration patience,
      Duration firstPause) {}

  private final HttpClient client;
  private final Settings settings;
  private final ImportSummary summary;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicLong limitedUntil = new AtomicLong(System.nanoTime());

  BatchSender(HttpClient client, Settings settings, ImportSummary summary) {
    this.client = client;
    this.settings = settings;
    this.summary = summary;
  }

  /** Makes waits end; what is on its way is still answered. */
  void stop() {
    stopped.countDown();
  }

  void send(List<ImportItem.Ready> batch) throws Failed, InterruptedException {
    List<ImportItem.Ready> open = batch;
    long lastProgress = System.nanoTime();
    Duration pause = settings.firstPause();
    while (!open.isEmpty()) {
      Attempt attempt = attempt(open);
      if (attempt.open().size() < open.size()) {
        lastProgress = System.nanoTime();
        pause = settings.firstPause();
      }
      open = attempt.open();
      if (open.isEmpty()) {
        return;
      }
      if (attempt.limited()) {
        if (waitForLimit(attempt.pause())) {
          return;
        }
        lastProgress = System.nanoTime(); // the server said when; to obey isn't to get nowhere
        continue;
      }
      if (System.nanoTime() - lastProgress > settings.patience().toNanos()) {
        throw new Failed(attempt.problem());
      }
      Duration wait = attempt.pause().compareTo(pause) > 0 ? attempt.pause() : pause;
      if (stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
    }
  }

  /**
   * Waits as long as the server's rate limit asks.
   *
   * @return whether the import was stopped meanwhile
   */
  private boolean waitForLimit(Duration pause) throws InterruptedException {
    Duration wait = pause.compareTo(settings.firstPause()) > 0 ? pause : settings.firstPause();
    limitedUntil.accumulateAndGet(System.nanoTime() + wait.toNanos(), BatchSender::later);
    return stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }

  /** For how long the server's rate limit still keeps it waiting; zero when it doesn't. */
  Duration limited() {
    return Duration.ofNanos(Math.max(0, limitedUntil.get() - System.nanoTime()));
  }

  private record Attempt(
      List<ImportItem.Ready> open, String problem, Duration pause, boolean limited) {}

  private Attempt attempt(List<ImportItem.Ready> batch) throws Failed, InterruptedException {
    boolean[] answered = new boolean[batch.size()];
    String problem = "the server ended its answer early";
    Duration pause = Duration.ZERO;
    boolean limited = false;
    try {
      HttpResponse<InputStream> response =
          client.send(request(batch), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() == 200) {
          answers(body, batch, answered);
        } else {
          problem = refusal(response.statusCode(), body);
          pause = retryAfter(response);
          limited = response.statusCode() == 429;
        }
      }
    } catch (ConnectException e) {
      problem = "nothing answers at " + settings.endpoint() + "; is 'aidb serve' running?";
    } catch (IOException e) {
      problem = "the connection to " + settings.endpoint() + " broke";
    }
    List<ImportItem.Ready> open = new ArrayList<>();
    for (int i = 0; i < answered.length; i++) {
      if (!answered[i]) {
        open.add(batch.get(i));
      }
    }
    return new Attempt(open, problem, pause, limited);
  }

  private HttpRequest request(List<ImportItem.Ready> batch) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (ImportItem.Ready item : batch) {
      body.writeBytes(item.json());
      body.write('\n');
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.endpoint())
            .timeout(settings.requestTimeout())
            .header("Content-Type", "application/x-ndjson")
            .header("Accept", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
    settings.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request.build();
  }

  /** The problem of a whole request: to be tried again when it is returned, final when thrown. */
  private static String refusal(int status, InputStream body) throws IOException, Failed {
    String detail = "";
    try {
      JsonNode problem = JSON.readTree(body.readNBytes(65_536));
      detail = problem.path("detail").asString("");
    } catch (JacksonException e) {
      // An answer that is no problem document has nothing to tell beyond its status.
    }
    String message = "the server answered " + status + (detail.isEmpty() ? "" : ": " + detail);
    if (status == 429 || status == 502 || status == 503 || status == 504) {
      return message;
    }
    throw status == 401
        ? new Failed(
            message,
            "Show a key that is valid with --key-file or AIDB_API_KEY_FILE; what is there already"
                + " stays.")
        : new Failed(message);
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    try {
      long seconds = Long.parseLong(response.headers().firstValue("Retry-After").orElse("0"));
      return Duration.ofSeconds(Math.clamp(seconds, 0, RETRY_AFTER_SECONDS_MAX));
    } catch (NumberFormatException e) {
      return Duration.ZERO;
    }
  }

  private void answers(InputStream body, List<ImportItem.Ready> batch, boolean[] answered)
      throws IOException {
    try (AnswerWatch watch = new AnswerWatch(body, settings.requestTimeout());
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        watch.progress();
        if (!line.isBlank()) {
          answer(line, batch, answered);
        }
      }
    }
  }

  private void answer(String line, List<ImportItem.Ready> batch, boolean[] answered)
      throws IOException {
    JsonNode result;
    try {
      result = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new IOException("a line of the answer is cut", e);
    }
    int index = result.path("line").asInt(0) - 1;
    int status = result.path("status").asInt(0);
    boolean later = status == 429 || status >= 500;
    if (index < 0 || index >= answered.length || answered[index] || later) {
      return;
    }
    answered[index] = true;
    String outcome = result.path("outcome").asString("refused");
    if (status >= 400 || outcome.equals("refused")) {
      JsonNode problem = result.path("problem");
      String reason = problem.path("detail").asString(problem.path("title").asString("refused"));
      summary.refused(batch.get(index).label(), reason);
    } else {
      summary.stored(outcome, result.path("chunks").asLong(0));
    }
  }
}
