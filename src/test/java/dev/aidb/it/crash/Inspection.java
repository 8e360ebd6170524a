package dev.aidb.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Client;
import dev.aidb.it.Client.Answer;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Looks at everything a server holds, and compares it with what writers were told. */
final class Inspection {
  private static final int AT_ONCE = 4;

  private final Client client;
  private final Map<String, History> histories;
  private final Map<String, Long> chunks = new ConcurrentHashMap<>();

  Inspection(Client client, Map<String, History> histories) {
    this.client = client;
    this.histories = histories;
  }

  /**
   * Fails unless every path is in a state it may be in, whole, and found by search, and the index
   * agrees with the rows; then takes the states that it found as the new beginning. Nobody may
   * write meanwhile.
   */
  void everythingAcknowledgedIsThere() throws IOException, InterruptedException {
    Map<String, String> stored = stored();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> looks =
          histories.keySet().stream()
              .<Future<?>>map(path -> threads.submit(() -> look(path, stored.get(path))))
              .toList();
      for (Future<?> look : looks) {
        finish(look);
      }
    }
    assertThat(histories.keySet()).as("no path from nowhere").containsAll(stored.keySet());
    indexAgrees();
  }

  private static void finish(Future<?> look) throws InterruptedException {
    try {
      look.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error failed -> throw failed;
        case null, default ->
            throw new AssertionError("the server couldn't be asked", e.getCause());
      }
    }
  }

  /** The id of what stands at each path. */
  private Map<String, String> stored() throws IOException, InterruptedException {
    Map<String, String> ids = new ConcurrentHashMap<>();
    String cursor = "";
    do {
      Answer page = client.get("/documents?limit=100&collection=" + Traffic.collection() + cursor);
      assertThat(page.status()).as("%s", page.body()).isEqualTo(200);
      for (JsonNode document : page.body().path("documents")) {
        String path = document.path("path").asString();
        assertThat(ids.put(path, document.path("id").asString())).as("twice: %s", path).isNull();
      }
      JsonNode next = page.body().path("next_cursor");
      cursor = next.isString() ? "&cursor=" + next.asString() : "";
    } while (!cursor.isEmpty());
    return ids;
  }

  private Void look(String path, @Nullable String id) throws IOException, InterruptedException {
    History history = Objects.requireNonNull(histories.get(path));
    long state = id == null ? absent(path) : whole(path, id);
    assertThat(history.allows(state))
        .as("%s stands at %d; its history (!: acknowledged) is %s", path, state, history)
        .isTrue();
    history.settle(state);
    return null;
  }

  private long absent(String path) throws IOException, InterruptedException {
    assertThat(found(path).path("total").asLong()).as("found though deleted: %s", path).isZero();
    return History.ABSENT;
  }

  /** The version that stands there, which must be there with all its chunks and no others. */
  private long whole(String path, String id) throws IOException, InterruptedException {
    Answer answer = client.get("/documents/" + id);
    assertThat(answer.status()).as("%s: %s", path, answer.body()).isEqualTo(200);
    JsonNode document = answer.body();
    long version = Traffic.version(document);
    assertThat(document.path("content").asString()).isEqualTo(Traffic.content(path, version));
    long expected = document.path("chunks").asLong();
    JsonNode found = found(path);
    assertThat(found.path("degraded").isMissingNode()).as("%s", found).isTrue();
    assertThat(found.path("total").asLong()).as("chunks found of %s", path).isEqualTo(expected);
    Set<String> names = new HashSet<>();
    for (JsonNode result : found.path("results")) {
      names.add(result.path("chunk").asString());
      assertThat(result.path("document_id").asString()).isEqualTo(id);
      assertThat(result.path("content").asString())
          .as("a chunk of version %d of %s", version, path)
          .contains(Traffic.mark(version))
          .doesNotContainPattern("Version v(?!" + version + "v)");
    }
    assertThat(names).as("chunks of %s", path).hasSize((int) expected);
    chunks.put(path, expected);
    return version;
  }

  private JsonNode found(String path) throws IOException, InterruptedException {
    Answer answer =
        client.post(
            "/vector/search",
            Map.of(
                "collection", Traffic.collection(),
                "query", Traffic.title(path),
                "project", Traffic.project(path),
                "mode", "vector",
                "limit", 100));
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    return answer.body();
  }

  /** Once the applier has caught up, rows and entries are the same, and as many as were seen. */
  private void indexAgrees() throws IOException, InterruptedException {
    JsonNode report = client.post("/index/verify", Map.of()).body();
    assertThat(report.path("repaired").asBoolean(true)).as("%s", report).isFalse();
    long seen = chunks.values().stream().collect(Collectors.summingLong(Long::longValue));
    assertThat(report.path("rows").asLong()).as("rows").isEqualTo(seen);
  }
}
