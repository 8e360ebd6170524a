package dev.aidb.learning;

import static dev.aidb.learning.LearningFixture.ADMIN;
import static dev.aidb.learning.LearningFixture.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.documents.Status;
import dev.aidb.learning.LearningOperations.LearnAnswer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others than admins teach waits for approval, where the server is told so. */
class ApprovalTest {
  private static final String TEN =
      "one two three four five six seven eight nine ten eleven twelve";

  @TempDir Path directory;
  private LearningFixture node;

  @BeforeEach
  void open() {
    node = LearningFixture.withApproval(directory.resolve("index"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void anAgentsSolutionIsNotFoundBeforeItIsApproved() {
    LearnAnswer learned = node.learn(input("stuck wombat", "open the gate"));

    assertThat(learned.status()).isEqualTo(Status.PENDING);
    assertThat(node.search("wombat").total()).isZero();
    assertThat(node.get(learned.id()).status()).isEqualTo(Status.PENDING);
  }

  @Test
  void anAdminsSolutionIsFoundAtOnce() {
    LearnAnswer learned = node.learn(input("stuck wombat", "open the gate"), ADMIN).body();

    assertThat(learned.status()).isEqualTo(Status.APPROVED);
    assertThat(node.search("wombat").total()).isEqualTo(1);
  }

  @Test
  void duplicatesOfWhatWaitsAreMergedToo() {
    LearnAnswer first = node.learn(input(TEN, "open the gate"));
    node.projection.catchUp();

    assertThat(node.learn(input(TEN + " more", "Open the gate")).id()).isEqualTo(first.id());
    assertThat(node.learn(input(TEN, "open the gate")).id()).isEqualTo(first.id());
  }

  @Test
  void whatIsToBeFoundIsNotMergedIntoWhatOnlyResemblesItAndWaits() {
    LearnAnswer waiting = node.learn(input(TEN, "open the gate"));

    LearnAnswer admins = node.learn(input(TEN + " more", "open the gate"), ADMIN).body();

    assertThat(admins.id()).isNotEqualTo(waiting.id());
    assertThat(admins.status()).isEqualTo(Status.APPROVED);
  }

  @Test
  void whatWasRejectedStaysRejectedWhenItIsLearnedAgain() {
    LearnAnswer first = node.learn(input(TEN, "open the gate"));
    node.setStatus(first.id(), Status.REJECTED);

    LearnAnswer again = node.learn(input(TEN, "open the gate"), ADMIN).body();

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.status()).isEqualTo(Status.REJECTED);
  }
}
