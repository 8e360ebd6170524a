package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.chunking.ChunkingPolicy;
import dev.aidb.core.AidbException;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import dev.aidb.store.Database;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CollectionRegistryTest {
  private static final Caller ANY = new Caller("any", Set.of(Scope.READ), Optional.empty());

  private final Database database = PostgresForTests.freshDatabase();
  private final CollectionRegistry registry = new CollectionRegistry(database);
  private final CollectionRegistry otherNode = new CollectionRegistry(database);

  @BeforeEach
  void makeBuiltIns() {
    registry.ensureBuiltIns("model", 384);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Collection named(String name) {
    return new Collection(
        name,
        "",
        3,
        "theirs",
        ChunkingPolicy.DEFAULT,
        Fusion.USUAL,
        Map.of("days", 3),
        false,
        Instant.EPOCH);
  }

  @Test
  void hasTheBuiltInsOnce() {
    registry.ensureBuiltIns("another", 5);
    assertThat(registry.all(ANY)).hasSize(6).allMatch(Collection::builtIn);
    assertThat(registry.require("nixos_docs", ANY).dimension()).isEqualTo(384);
  }

  @Test
  void keepsAllThatACollectionCarries() {
    Collection made = registry.create(named("c"), 100);
    assertThat(made.createdAt()).isAfter(Instant.EPOCH);
    assertThat(otherNode.require("c", ANY)).isEqualTo(made);
    assertThat(made.retention()).containsEntry("days", 3L);
  }

  @Test
  void seesAnotherNodesCollectionAtOnceAndItsEndWithinASecond() {
    assertThat(registry.find("c", ANY)).isEmpty();
    otherNode.create(named("c"), 100);
    assertThat(registry.find("c", ANY)).isPresent();
    database.useHandle(handle -> handle.execute("DELETE FROM collection WHERE name = 'c'"));
    Eventually.within(Duration.ofSeconds(10), "gone", () -> registry.find("c", ANY).isEmpty());
  }

  @Test
  void anUnknownCollectionIsNamedInThePrescribedWords() {
    assertThatThrownBy(() -> registry.require("x", ANY))
        .isInstanceOf(AidbException.class)
        .hasMessage("Validation failed: Unknown collection: 'x'");
  }

  @Test
  void aCallerKnowsOnlyItsOwn() {
    Caller limited = new Caller("l", Set.of(Scope.READ), Optional.of(Set.of("tool_schemas")));
    assertThat(registry.all(limited)).extracting(Collection::name).containsExactly("tool_schemas");
    assertThat(registry.find("nixos_docs", limited)).isEmpty();
  }

  @Test
  void refusesATakenNameAndTooMany() {
    registry.create(named("c"), 8);
    assertThatThrownBy(() -> registry.create(named("c"), 8)).hasMessageContaining("exists already");
    registry.create(named("d"), 8);
    assertThatThrownBy(() -> registry.create(named("e"), 8))
        .hasMessageContaining("there are 8 collections already");
  }
}
