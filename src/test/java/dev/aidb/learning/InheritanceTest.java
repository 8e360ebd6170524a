package dev.aidb.learning;

import static dev.aidb.learning.LearningFixture.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.aidb.core.AidbException;
import dev.aidb.learning.Inheritance.Fallen;
import dev.aidb.learning.LearningOperations.SolutionView;
import dev.aidb.learning.LearningOperations.Told;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InheritanceTest {
  private static final Instant AT = Instant.parse("2031-05-06T07:08:09Z");

  @TempDir Path directory;
  private LearningFixture node;
  private final Inheritance inheritance = new Inheritance();

  @BeforeEach
  void open() {
    node = LearningFixture.open(directory.resolve("index"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private UUID learned(String query, double value) {
    return node.learn(input(query, "solution of " + query, value, Outcome.UNKNOWN, null)).id();
  }

  private void absorb(UUID survivor, List<Fallen> fallen) {
    node.database.useTransaction(handle -> {
      inheritance.absorb(handle, survivor, fallen, "gc:run", AT);
      for (Fallen one : fallen) {
        handle.execute("DELETE FROM document WHERE id = ?", one.id());
      }
    });
  }

  @Test
  void theSurvivorHasWhatTheFallenHad() {
    UUID survivor = learned("alpha", 0.6);
    UUID better = learned("beta", 0.8);
    UUID other = learned("gamma", 0.2);
    node.judge(better, Told.SUCCESS, 1.0);
    double best = node.get(better).valueScore();
    node.learn(input("gamma", "solution of gamma", 0.1, Outcome.UNKNOWN, null));
    node.pin(other, true);
    node.get(other);
    node.learning.uses().flush();

    absorb(survivor, List.of(new Fallen(better, 0.97), new Fallen(other, 0.96)));

    SolutionView heir = node.get(survivor);
    assertThat(heir.valueScore()).isEqualTo(best);
    assertThat(heir.uses()).isEqualTo(3);
    assertThat(heir.lastUsedAt()).isNotNull();
    assertThat(heir.feedbacks()).isEqualTo(1);
    assertThat(heir.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(heir.pinned()).isTrue();
    assertThat(heir.merged()).isEqualTo(3);
    assertThat(heir.lineage()).hasSize(3);
    assertThat(heir.lineage().getFirst())
        .isEqualTo(new LearningOperations.Merge("gc", other, 0.96, 0.2, 1, 0, "gc:run", AT));
    assertThat(heir.lineage().getLast().source()).isEqualTo("learn");
    var score = heir.score();
    assertThat(score.outcome() + score.feedback() + score.novelty() + score.carried())
        .isEqualTo(best, within(1e-8));
    assertThat(node.judge(survivor, Told.FAILURE, -1.0).valueScore()).isLessThan(best);
  }

  @Test
  void nothingChangesWhenOneIsGone() {
    UUID survivor = learned("alpha", 0.6);
    UUID fallen = learned("beta", 0.8);
    List<Fallen> both = List.of(new Fallen(fallen, 0.97), new Fallen(UUID.randomUUID(), 0.97));

    assertThatThrownBy(() -> absorb(survivor, both)).isInstanceOf(AidbException.class);

    assertThat(node.get(survivor).merged()).isZero();
    assertThat(node.get(fallen).valueScore()).isEqualTo(0.8);
  }

  @Test
  void theLineageOfManyIsBounded() {
    UUID survivor = learned("alpha", 0.6);
    UUID fallen = learned("beta", 0.8);
    for (int i = 0; i < Lineage.KEPT; i++) {
      node.learn(input("beta", "solution of beta"));
    }

    absorb(survivor, List.of(new Fallen(fallen, 0.97)));

    SolutionView heir = node.get(survivor);
    assertThat(heir.merged()).isEqualTo(Lineage.KEPT + 1);
    assertThat(heir.lineage()).hasSize(Lineage.KEPT);
    assertThat(heir.lineage().getFirst().id()).isEqualTo(fallen);
  }
}
