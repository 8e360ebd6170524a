package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was answered is found by the next search, however many write and read at once. */
@Timeout(60)
class ReadYourWritesTest {
  private static final String COLLECTION = "read-your-writes";
  private static final int CLIENTS = 8;
  private static final Duration LONG = Duration.ofSeconds(3);
  private final ApiClient api = RunningServer.api();

  @BeforeAll
  static void makeCollection() {
    RunningServer.api().post("/collections", Map.of("name", COLLECTION));
  }

  @Test
  void eachClientSeesItsOwnWritesAtOnce() throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + LONG.toNanos();
    List<Future<Integer>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(
            threads.submit(() -> {
              int rounds = 0;
              do {
                round(client, rounds++);
              } while (System.nanoTime() - end < 0);
              return rounds;
            }));
      }
      for (Future<Integer> client : clients) {
        assertThat(client.get()).isPositive();
      }
    }
    assertThat(api.post("/index/verify", "{}").json().path("repaired").asBoolean()).isFalse();
  }

  private void round(int client, int round) {
    String word = "c" + client + "r" + round;
    Answer made = put(client, "first " + word);
    assertThat(made.status()).as(made.body()).isIn(200, 201);
    String id = made.text("/id");
    assertThat(find(word)).as("made by %s", word).isEqualTo(id);
    put(client, "second x" + word);
    assertThat(find(word)).as("replaced by %s", word).isEmpty();
    assertThat(find("x" + word)).isEqualTo(id);
    if (round % 3 == 0) {
      api.post(
          "/api/v1/admin/approve", Map.of("resource", "document", "id", id, "status", "rejected"));
      assertThat(find("x" + word)).as("hidden by %s", word).isEmpty();
    }
    if (round % 3 == 1) {
      api.delete("/documents/" + id);
      assertThat(find("x" + word)).as("deleted by %s", word).isEmpty();
    }
  }

  private Answer put(int client, String content) {
    return api.post(
        "/documents",
        Map.of("collection", COLLECTION, "path", "client-" + client, "content", content));
  }

  private String find(String word) {
    Answer answer =
        api.post(
            "/vector/search",
            Map.of("collection", COLLECTION, "query", word, "mode", "keyword", "limit", 5));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().has("degraded")).isFalse();
    return answer.text("/results/0/document_id");
  }
}
