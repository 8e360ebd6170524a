package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundsTest {
  @Test
  void aTextWaitsUntilThereIsRoom() {
    IngestRoom room = new IngestRoom(10_000);

    room.with(
        8_000,
        () -> {
          assertThat(room.with(0, () -> "small ones pass")).isNotEmpty();
          assertThatThrownBy(() ->
                  ScopedValue.where(Deadline.CURRENT, Deadline.in(Duration.ofMillis(20)))
                      .run(() -> room.with(9_000, () -> "never")))
              .isInstanceOfSatisfying(
                  AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
          return true;
        });

    assertThat(room.with(1_000_000, () -> "has the room to itself")).isNotEmpty();
  }

  @Test
  void workThatHasBegunIsNotInterruptedWhenTheClientIsGone() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();

    assertThatThrownBy(() ->
            GroupedWork.run(
                List.of(1, 2).iterator(),
                new StreamBounds(1, 10, 2, 10),
                ONE_EACH,
                group -> {
                  if (group.contains(1)) {
                    waitFor(begun);
                    return group;
                  }
                  begun.countDown();
                  pause();
                  finished.set(!Thread.currentThread().isInterrupted());
                  return group;
                },
                result -> {
                  throw new IllegalStateException("the client is gone");
                }))
        .hasMessageContaining("the client is gone");

    assertThat(finished).isTrue();
  }

  private static final GroupedWork.Traits<Integer> ONE_EACH =
      new GroupedWork.Traits<>() {
        @Override
        public int weight(Integer item) {
          return 1;
        }

        @Override
        public Optional<?> key(Integer item) {
          return Optional.empty();
        }
      };

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aPageEndsBeforeItsContentsAreTooMuch(@TempDir Path directory) {
    try (KnowledgeFixture knowledge = new KnowledgeFixture(directory.resolve("index"))) {
      knowledge.database.useHandle(handle ->
          handle.execute(
              """
              INSERT INTO document (id, collection, project, path, title, content, content_type, metadata, status, checksum)
              SELECT gen_random_uuid(), 'nixos_docs', 'default', i::text, 't', repeat('x', 1000000), 'text/plain', '{}',
                     'approved', ''
              FROM generate_series(1, 6) i
              """));

      assertThat(page(knowledge, 10, true).documents()).hasSize(4);
      assertThat(page(knowledge, 10, true).more()).isTrue();
      assertThat(page(knowledge, 10, false).documents()).hasSize(6);
      assertThat(page(knowledge, 10, false).more()).isFalse();
      assertThat(page(knowledge, 6, false).more()).isFalse();
      assertThat(page(knowledge, 5, false).more()).isTrue();
    }
  }

  private static DocumentRows.Page page(KnowledgeFixture knowledge, int limit, boolean contents) {
    return knowledge.rows.list(
        KnowledgeFixture.COLLECTION,
        Optional.of("default"),
        Optional.of(Status.APPROVED),
        Optional.empty(),
        limit,
        contents);
  }
}
