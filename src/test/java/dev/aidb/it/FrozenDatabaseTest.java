package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL stops in the middle of everything, as when its disk hangs, and goes on. */
@Timeout(120)
class FrozenDatabaseTest {
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  /** A cancellation and a check of a connection that nobody answers, and a busy machine. */
  private static final Duration MARGIN = Duration.ofSeconds(4);

  /** What was answered well so soon was answered before. */
  private static final Duration WELL_BELOW = Duration.ofSeconds(1);

  private static final int CALLERS_OF_EACH_KIND = 6;

  private volatile boolean frozen;
  private volatile boolean over;

  /** A request that was answered while the database stood still. */
  private record Late(String what, int status, String code, Duration took) {}

  @Test
  void nobodyWaitsPastTheDeadlineAndAllIsWellAfterwards() throws Exception {
    try (RunningServer server =
        RunningServer.start(config ->
            config
                .with("server.request_timeout", DEADLINE.toString())
                .with("health.interval", "PT0.5S"))) {
      ApiClient api = server.client();
      String id = put(api, "kept", "a quoll").text("/id");
      assertThat(index(api, id, "first").status()).isEqualTo(200);
      List<Late> late = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<List<Late>>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS_OF_EACH_KIND; i++) {
          String chunk = "chunk-" + i;
          callers.add(threads.submit(() -> ask("get", () -> api.get("/documents/" + id))));
          callers.add(
              threads.submit(
                  () -> ask("list", () -> api.get("/documents?collection=nixos_docs&limit=5"))));
          callers.add(threads.submit(() -> ask("index", () -> index(api, id, chunk))));
        }
        Thread.sleep(500); // until they are all in the middle of it
        List<ProcessHandle> postgres = processes(server);
        try {
          signal("-STOP", postgres);
          frozen = true;
          Thread.sleep(DEADLINE.plus(DEADLINE.dividedBy(2)));
          over = true;
          for (Future<List<Late>> caller : callers) {
            late.addAll(caller.get(DEADLINE.plus(MARGIN).toSeconds(), TimeUnit.SECONDS));
          }
        } finally {
          over = true;
          signal("-CONT", postgres);
        }
      }
      assertThat(late).extracting(Late::what).contains("get", "list", "index");
      assertThat(late)
          .allSatisfy(one -> {
            assertThat(one.took()).as(one.toString()).isLessThan(DEADLINE.plus(MARGIN));
            assertThat(one.status()).as(one.toString()).isIn(503, 504);
          });

      Eventually.within(
          Duration.ofSeconds(30), "served again", () -> put(api, "after", "b").status() < 300);
      for (int i = 0; i < 60; i++) {
        assertThat(api.get("/documents/" + id).status()).isEqualTo(200);
      }
      Eventually.within(
          Duration.ofSeconds(20),
          "no connection is lost to the pool",
          () -> api.metric("aidb_db_pool_checked_out") <= 1);
      assertThat(api.get("/health/ready").status()).isEqualTo(200);
    }
  }

  /** Asks until the database is frozen, and then until that is over; what was answered then. */
  private List<Late> ask(String what, Supplier<Answer> question) {
    List<Late> late = new ArrayList<>();
    while (!over) {
      long start = System.nanoTime();
      Answer answer = question.get();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      boolean before = answer.status() < 300 && took.compareTo(WELL_BELOW) < 0;
      if ((frozen || over) && !before) {
        late.add(new Late(what, answer.status(), answer.text("/code"), took));
      }
    }
    return late;
  }

  /** A write; to store a document would do, but may take minutes. */
  private static Answer index(ApiClient api, String document, String chunk) {
    return api.post(
        "/vector/index",
        Map.of(
            "items",
            List.of(
                Map.of(
                    "document_id",
                    document,
                    "chunk_id",
                    chunk,
                    "content",
                    chunk,
                    "embedding",
                    Collections.nCopies(384, 0.05)))));
  }

  private static Answer put(ApiClient api, String path, String content) {
    return api.post(
        "/documents", Map.of("collection", "nixos_docs", "path", path, "content", content));
  }

  private static List<ProcessHandle> processes(RunningServer server) {
    ProcessHandle postmaster = server.postgres();
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    postmaster.descendants().forEach(all::add);
    return all;
  }

  private static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", name));
    processes.forEach(p -> command.add(Long.toString(p.pid())));
    new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
