package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What clients of the revisions with a handshake were asked and haven't answered. Without sessions
 * an answer finds its question by an id that nobody can guess and only its own caller may use.
 */
final class Questions {
  private static final Duration COME_BACK = Duration.ofSeconds(5);

  private final int most;
  private final Duration patience;
  private final Duration beat;
  private final Map<String, Open> open = new ConcurrentHashMap<>();

  private record Open(String caller, CompletableFuture<Optional<String>> answer) {}

  /**
   * @param most how many may be open at once
   * @param patience how long a client may take
   * @param beat how often it is seen meanwhile whether the client is still there
   */
  Questions(int most, Duration patience, Duration beat) {
    this.most = most;
    this.patience = patience;
    this.beat = beat;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param send sends the question under the id that it is given
   * @param touch throws when the client is no longer there
   * @return the JSON of the result
   * @throws RpcError when the client refuses or takes too long
   * @throws AidbException OVERLOADED when too many are open
   */
  String ask(String caller, Consumer<String> send, Runnable touch) {
    if (open.size() >= most) {
      throw AidbException.overloaded("Too many questions to clients are open", COME_BACK);
    }
    String id = "ask-" + UUID.randomUUID();
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    open.put(id, new Open(caller, answer));
    try {
      send.accept(id);
      return awaited(answer, touch)
          .orElseThrow(() -> RpcError.internal("The client refused what it was asked"));
    } finally {
      open.remove(id);
    }
  }

  private Optional<String> awaited(CompletableFuture<Optional<String>> answer, Runnable touch) {
    Deadline deadline = Deadline.in(patience);
    while (!deadline.passed()) {
      Duration wait = deadline.atMost(beat).remaining();
      try {
        return answer.get(wait.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        touch.run();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e); // it is only ever completed with a value
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw AidbException.unavailable("The server is stopping", COME_BACK, e);
      }
    }
    throw RpcError.internal("The client did not answer what it was asked");
  }

  /**
   * Takes an answer.
   *
   * @return whether there is such a question of this caller
   */
  boolean answered(String caller, Envelope.Response response) {
    if (!(response.id() instanceof String id)) {
      return false;
    }
    Open asked = open.get(id);
    return asked != null && asked.caller.equals(caller) && asked.answer.complete(response.result());
  }
}
