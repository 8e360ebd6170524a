package dev.aidb.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.PostgresForTests;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred lives of learning and forgetting. {@code -Daidb.seed=N} lives one again, {@code
 * -Daidb.seeds=N} so many new ones.
 */
class LifeTest {
  private static final int SEEDS = 200;
  private static final int NIGHTS = 6;

  /** More than there are processors, since a life often waits. */
  private static final int AT_ONCE = 4;

  private static final List<String> TABLES =
      List.of("document", "tombstone", "gc_run", "audit_event", "lease", "index_follower");

  @TempDir Path directory;
  private final BlockingQueue<DatabaseEndpoint> endpoints = new ArrayBlockingQueue<>(AT_ONCE);

  private static final Logger LOGS = Logger.getLogger("");

  /** Injected faults would fill pages. */
  @BeforeAll
  static void beSilent() {
    LOGS.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOGS.setLevel(Level.INFO);
  }

  @Test
  void nothingIsLostThatIsWorthKeepingAndNothingIsKeptForEver() throws Exception {
    List<Long> seeds = seeds();
    System.out.printf("%d lives from seed %d%n", seeds.size(), seeds.getFirst());
    Map<String, Integer> events = new TreeMap<>();
    for (int i = 0; i < AT_ONCE; i++) {
      endpoints.add(PostgresForTests.freshEndpoint());
    }
    try (ExecutorService lives = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<Map<String, Integer>>> results =
          new ArrayList<>(seeds.stream().map(seed -> lives.submit(() -> lived(seed))).toList());
      try {
        for (Future<Map<String, Integer>> result : results) {
          result.get().forEach((name, count) -> events.merge(name, count, Integer::sum));
        }
      } finally {
        lives.shutdownNow();
      }
    }
    System.out.println(events);
    if (seeds.size() >= SEEDS) {
      assertThat(events)
          .containsKeys(
              "learned", "merged", "expired", "low_value", "duplicate", "refused", "restored");
      assertThat(events.keySet().stream().filter(name -> name.startsWith("fault by night")))
          .hasSize(Faults.Kind.values().length);
    }
  }

  private static List<Long> seeds() {
    Long one = Long.getLong("aidb.seed");
    if (one != null) {
      return List.of(one);
    }
    Integer count = Integer.getInteger("aidb.seeds");
    long first = count == null ? 1 : new SecureRandom().nextInt(1_000_000_000);
    return LongStream.range(first, first + (count == null ? SEEDS : count)).boxed().toList();
  }

  private Map<String, Integer> lived(long seed) throws InterruptedException {
    DatabaseEndpoint endpoint = endpoints.take();
    try (Life life = new Life(seed, emptied(endpoint), directory.resolve("life-" + seed))) {
      life.live(NIGHTS);
      return life.events;
    } catch (Throwable e) {
      throw new AssertionError("-Daidb.seed=" + seed, e);
    } finally {
      endpoints.add(endpoint);
    }
  }

  /** Faster than a new database for each, and small. */
  private static Database emptied(DatabaseEndpoint endpoint) {
    Database database =
        Database.open(
            endpoint, new PoolSettings(2, 8, Duration.ofSeconds(10), Duration.ofMinutes(30)));
    database.useTransaction(handle -> {
      handle.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only");
      for (String table : TABLES) {
        handle.execute("DELETE FROM " + table);
      }
      handle.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only");
    });
    return database;
  }
}
