package dev.aidb.it.crash;

import dev.aidb.it.Client;
import dev.aidb.it.Client.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * Writers that store, overwrite and delete documents, and remember what they were told. Each has
 * paths of its own; some paths belong to all.
 */
final class Traffic {
  private static final String COLLECTION = "nixos_docs";
  private static final int WRITERS = 4;
  private static final int OWN_PATHS = 40;
  private static final int SHARED_PATHS = 6;
  private static final int BATCH_MAX = 12;
  private static final int SEVERAL_CHUNKS_EVERY = 4;
  private static final String FILLER =
      "the quick server keeps every word it was told across each crash of its machine ";

  private final Random seeds;
  private final Map<String, History> histories = new ConcurrentHashMap<>();
  private final Map<String, String> ids = new ConcurrentHashMap<>();
  private final Set<Integer> refusals = new ConcurrentSkipListSet<>();
  private final AtomicLong versions = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final List<Thread> writers = new ArrayList<>();
  private volatile boolean stopping;

  Traffic(long seed) {
    seeds = new Random(seed);
  }

  /** Begins to write to that server. */
  void start(Client client) {
    stopping = false;
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      Random random = new Random(seeds.nextLong());
      writers.add(Thread.ofVirtual().start(() -> write(client, writer, random)));
    }
  }

  /** Lets each writer end its batch. */
  void stop() throws InterruptedException {
    stopping = true;
    for (Thread writer : writers) {
      writer.join();
    }
    writers.clear();
  }

  /** How many writes and deletions were acknowledged so far. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Every status that a document or a stream was refused with. */
  Set<Integer> refusals() {
    return refusals;
  }

  /** What may stand at each path. */
  Map<String, History> histories() {
    return histories;
  }

  private void write(Client client, int writer, Random random) {
    while (!stopping) {
      try {
        if (random.nextInt(8) == 0) {
          deleteOne(client, writer, random);
        } else {
          storeSome(client, writer, random);
        }
      } catch (IOException e) {
        pause(); // the server is gone, or will be back
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void storeSome(Client client, int writer, Random random)
      throws IOException, InterruptedException {
    // A path comes once in a batch, since the lines of one are worked on side by side.
    Map<String, Long> batch = new LinkedHashMap<>();
    int size = 1 + random.nextInt(BATCH_MAX);
    for (int i = 0; i < size; i++) {
      batch.put(path(writer, random), versions.incrementAndGet());
    }
    List<String> paths = List.copyOf(batch.keySet());
    List<Map<String, Object>> documents = new ArrayList<>();
    List<History.Open> open = new ArrayList<>();
    batch.forEach((path, version) -> {
      documents.add(document(path, version));
      open.add(history(path).begin(version));
    });
    boolean[] answered = new boolean[paths.size()];
    boolean[] refused = new boolean[1];
    try {
      int status =
          client.batch(
              documents,
              line -> {
                int at = line.path("line").asInt() - 1;
                if (at < 0 || line.path("status").asInt() >= 300) {
                  refusals.add(line.path("status").asInt());
                  refused[0] = true;
                } else {
                  answered[at] = true;
                  ids.put(paths.get(at), line.path("id").asString());
                  open.get(at).acknowledged();
                  acknowledged.incrementAndGet();
                }
              });
      if (status != 200) {
        refusals.add(status);
        refused[0] = true;
      }
    } finally {
      for (int i = 0; i < answered.length; i++) {
        if (!answered[i]) {
          open.get(i).unknown();
        }
      }
    }
    if (refused[0]) {
      pause();
    }
  }

  private void deleteOne(Client client, int writer, Random random)
      throws IOException, InterruptedException {
    String path = path(writer, random);
    String id = ids.get(path);
    if (id == null || path.startsWith("shared/")) {
      return; // another writer may have given a shared path another id meanwhile
    }
    History.Open open = history(path).begin(History.ABSENT);
    boolean done = false;
    try {
      Answer answer = client.delete("/documents/" + id);
      done = answer.status() == 200 || answer.status() == 404;
    } finally {
      if (done) {
        open.acknowledged();
        acknowledged.incrementAndGet();
      } else {
        open.unknown();
      }
    }
  }

  private static String path(int writer, Random random) {
    return random.nextInt(5) == 0
        ? "shared/" + random.nextInt(SHARED_PATHS)
        : "writer-" + writer + "/" + random.nextInt(OWN_PATHS);
  }

  private History history(String path) {
    return histories.computeIfAbsent(path, p -> new History());
  }

  /** Each path is a project of its own, so that a search can be asked for all it has. */
  static String project(String path) {
    return "crash " + path;
  }

  static String title(String path) {
    return "Document " + path;
  }

  private static Map<String, Object> document(String path, long version) {
    return Map.of(
        "collection",
        COLLECTION,
        "project",
        project(path),
        "path",
        path,
        "title",
        title(path),
        "content_type",
        "text/markdown",
        "content",
        content(path, version));
  }

  /** A text that names its version in every part, long enough for several chunks now and then. */
  static String content(String path, long version) {
    StringBuilder text = new StringBuilder();
    int parts = version % SEVERAL_CHUNKS_EVERY == 0 ? 3 : 1;
    for (int part = 0; part < parts; part++) {
      text.append("## Part ").append(part).append("\n\n");
      int sentences = parts == 1 ? 1 : 6;
      for (int s = 0; s < sentences; s++) {
        text.append(mark(version)).append(' ').append(FILLER);
      }
      text.append("of ").append(path).append(".\n\n");
    }
    return text.toString();
  }

  /** What every part of that version says. */
  static String mark(long version) {
    return "Version v" + version + "v";
  }

  /** The version that a content is of. */
  static long version(JsonNode document) {
    String text = document.path("content").asString();
    int from = text.indexOf("Version v") + "Version v".length();
    return Long.parseLong(text.substring(from, text.indexOf('v', from)));
  }

  static String collection() {
    return COLLECTION;
  }
}
