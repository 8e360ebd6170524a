package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.keys.KeyScope;
import dev.aidb.keys.KeysForTests;
import dev.aidb.operation.Json;
import dev.aidb.store.Database;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sixty agents at once, each with a key of its own, under the usual limits. */
@Timeout(120)
class AgentsTest {
  private static final int AGENTS = 60;
  private static final int ROUNDS = 2;
  private static final int PAUSE_MS_MAX = 300;

  @Test
  void areServedWithoutAnError() throws Exception {
    long seed = System.nanoTime();
    System.out.println("AgentsTest seed " + seed);
    Random seeds = new Random(seed);
    try (RunningServer server =
            RunningServer.start(
                config -> config.with("auth.required", true).with("rate_limit.enabled", true));
        Database database = server.database();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      KeysForTests keys = KeysForTests.of(database, server.data().resolve("secrets"));
      List<Agent> agents = new ArrayList<>();
      for (int i = 0; i < AGENTS; i++) {
        String key = keys.create("agent-" + i, KeyScope.WRITE);
        agents.add(new Agent(server.client(), i, key, new Random(seeds.nextLong())));
      }
      Eventually.within(Duration.ofSeconds(10), "the keys are known", agents.getLast()::isKnown);

      List<Future<List<String>>> works = new ArrayList<>();
      for (Agent agent : agents) {
        works.add(threads.submit(agent::work));
      }
      List<String> failures = new ArrayList<>();
      for (Future<List<String>> work : works) {
        failures.addAll(work.get());
      }

      assertThat(failures).isEmpty();
    }
  }

  /** Does what agents do: remembers something, looks for it, reads it again. */
  private static final class Agent {
    private final ApiClient api;
    private final int number;
    private final String key;
    private final Random random;
    private final List<String> failures = new ArrayList<>();

    Agent(ApiClient api, int number, String key, Random random) {
      this.api = api;
      this.number = number;
      this.key = key;
      this.random = random;
    }

    boolean isKnown() {
      return get("/collections").status() == 200;
    }

    List<String> work() throws InterruptedException {
      for (int round = 0; round < ROUNDS; round++) {
        String text = "What agent " + number + " found out in round " + round + " of its work";
        Answer stored =
            expect(
                post(
                    "/documents",
                    Map.of(
                        "collection",
                        "solved_issues",
                        "project",
                        "agent " + number,
                        "path",
                        "note " + round,
                        "content",
                        text)));
        String id = stored.text("/id");
        expect(post("/vector/search", Map.of("query", text, "collection", "solved_issues")));
        expect(
            post(
                "/vector/index",
                Map.of(
                    "items",
                    List.of(
                        Map.of(
                            "document_id", id, "chunk_id", "more", "content", "More: " + text)))));
        expect(
            post(
                "/vector/search",
                Map.of(
                    "query",
                    "round " + round,
                    "collection",
                    "solved_issues",
                    "project",
                    "agent " + number,
                    "mode",
                    "vector")));
        expect(get("/documents/" + id));
        expect(get("/documents?collection=solved_issues&limit=5"));
      }
      return failures;
    }

    private Answer expect(Answer answer) throws InterruptedException {
      if (answer.status() != 200 && answer.status() != 201) {
        failures.add("agent " + number + ": " + answer.status() + " " + answer.body());
      }
      Thread.sleep(random.nextInt(PAUSE_MS_MAX));
      return answer;
    }

    private Answer get(String path) {
      return api.send(api.request(path).header("X-API-Key", key).GET());
    }

    private Answer post(String path, Map<String, ?> body) {
      return api.send(
          api.request(path)
              .header("X-API-Key", key)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(Json.text(body))));
    }
  }
}
