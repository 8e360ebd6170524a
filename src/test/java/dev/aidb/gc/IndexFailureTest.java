package dev.aidb.gc;

import static dev.aidb.gc.Shelf.asked;
import static dev.aidb.gc.Shelf.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.AidbException;
import dev.aidb.index.VectorIndex;
import dev.aidb.index.VectorIndex.Entry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that can't be read, or not to its end, is never taken for what it shows. */
class IndexFailureTest {
  @TempDir Path directory;

  private enum Fault {
    NONE,
    CHECK,
    HALFWAY
  }

  private final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);

  /** A real index that fails on demand. */
  private VectorIndex faulty(VectorIndex real) {
    return (VectorIndex)
        Proxy.newProxyInstance(
            VectorIndex.class.getClassLoader(),
            new Class<?>[] {VectorIndex.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("check") && fault.get() == Fault.CHECK) {
                throw broken();
              }
              if (method.getName().equals("entries") && fault.get() == Fault.HALFWAY) {
                real.entries((String) arguments[0], halfOf((Consumer<?>) arguments[1]));
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static AidbException broken() {
    return AidbException.unavailable("The search index can't be read", Duration.ofSeconds(1), null);
  }

  @SuppressWarnings("unchecked")
  private static Consumer<Entry> halfOf(Consumer<?> each) {
    int[] left = {2};
    return entry -> {
      if (left[0]-- == 0) {
        throw broken();
      }
      ((Consumer<Entry>) each).accept(entry);
    };
  }

  @Test
  void nothingIsAnOrphanByAnIndexThatFailsAndSolutionsGoNevertheless() {
    for (Fault kind : List.of(Fault.CHECK, Fault.HALFWAY)) {
      try (Shelf shelf = new Shelf(directory.resolve(kind.name()), this::faulty)) {
        for (int i = 0; i < 4; i++) {
          shelf.put(0.9, 1);
        }
        UUID expired = shelf.put(0.1, 40);
        UUID orphan = shelf.orphan(Duration.ofHours(2));
        shelf.projection.catchUp();
        fault.set(kind);

        Run run = shelf.run(shelf.collector(rules(100)), asked(false));

        fault.set(Fault.NONE);
        assertThat(run.problem()).contains("index was not compared");
        assertThat(run.totals()).containsOnlyKeys(Reason.EXPIRED);
        assertThat(shelf.solutions()).hasSize(4).doesNotContain(expired);
        if (kind == Fault.HALFWAY) { // the other has it opened again as of its last commit
          assertThat(shelf.indexed()).contains(orphan);
        }
        assertThat(Samples.of(shelf.registry)).contains("hybrid_gc_execution_failures{} 1.0");
      }
    }
  }

  @Test
  void anIndexThatIsMostlyOrphansNeedsForce() {
    try (Shelf shelf = new Shelf(directory)) {
      shelf.put(0.9, 1);
      for (int i = 0; i < 101; i++) {
        shelf.orphan(Duration.ofHours(2));
      }

      Run refused = shelf.run(shelf.collector(rules(100)), asked(false));

      assertThat(refused.state()).isEqualTo(State.REFUSED);
      assertThat(refused.problem()).contains("101 of 102 index entries of solved_issues");
      assertThat(shelf.indexed()).hasSize(102);
      assertThat(shelf.run(shelf.collector(rules(100)), Shelf.forced()).state())
          .isEqualTo(State.DONE);
      assertThat(shelf.indexed()).hasSize(1);
    }
  }

  @Test
  void entriesOfACollectionThatIsGoneAreOrphansToo() {
    try (Shelf shelf = new Shelf(directory)) {
      UUID orphan = shelf.ids.next();
      UUID old = new UUID(0x0000_0100_0000_7000L, 0x8000_0000_0000_0001L);
      for (UUID id : List.of(orphan, old)) {
        shelf.index.apply(
            List.of(
                new dev.aidb.index.IndexChange.Put(
                    new dev.aidb.index.IndexedRecord(
                        id, 1, "gone", "p", id, "t", "c", java.util.Map.of(), Shelf.axis(0)))));
      }

      Run run = shelf.run(shelf.collector(rules(100)), asked(false, Task.ORPHAN));

      assertThat(run.total(Reason.ORPHAN).done()).isEqualTo(1);
      assertThat(shelf.index.count("gone")).isEqualTo(1);
    }
  }
}
