package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.RecordFilter.Match;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentKnowledgeTest {
  @TempDir Path directory;
  private KnowledgeFixture knowledge;

  @BeforeEach
  void open() {
    knowledge = new KnowledgeFixture(directory.resolve("index"));
  }

  @AfterEach
  void close() {
    knowledge.close();
  }

  private Map<UUID, Long> indexed() {
    Map<UUID, Long> versions = new HashMap<>();
    knowledge.index.entries(
        KnowledgeFixture.COLLECTION, entry -> versions.put(entry.id(), entry.version()));
    return versions;
  }

  private Map<UUID, Long> searchable() {
    Map<UUID, Long> versions = new HashMap<>();
    knowledge.database.useHandle(handle ->
        handle
            .createQuery(
                """
                SELECT c.id, c.version FROM chunk c JOIN document d ON d.id = c.document_id
                WHERE d.status = 'approved'
                """)
            .map((row, context) -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
            .forEach(row -> versions.put(row.getKey(), row.getValue())));
    return versions;
  }

  /** What the index finds for a value of metadata is what the rows say. */
  private void assertMetadataAgrees() {
    for (int n = 0; n < 3; n++) {
      double wanted = n;
      RecordFilter filter =
          new RecordFilter(Optional.empty(), Optional.of(new Match("n", List.of(wanted))));
      long inIndex =
          knowledge
              .index
              .keyword(new KeywordQuery(KnowledgeFixture.COLLECTION, "common", filter, 0, 0, 10))
              .total();
      long inRows =
          knowledge.database.withHandle(handle ->
              handle
                  .createQuery(
                      """
                      SELECT count(*) FROM chunk c JOIN document d ON d.id = c.document_id
                      WHERE d.status = 'approved' AND (d.metadata->>'n')::numeric = :n
                      """)
                  .bind("n", wanted)
                  .mapTo(Long.class)
                  .one());
      assertThat(inIndex).as("records with n = %s", n).isEqualTo(inRows);
    }
  }

  @Test
  void anyInterleavingLeavesTheIndexEqualToTheRows() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    for (int round = 0; round < 2; round++) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> running = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
          Random random = new Random(seed + 31L * round + writer);
          running.add(
              threads.submit(() -> {
                for (int i = 0; i < 25; i++) {
                  act(random);
                }
              }));
        }
        running.add(threads.submit(() -> knowledge.projection.rebuild()));
        for (Future<?> each : running) {
          each.get(60, TimeUnit.SECONDS);
        }
      }
      knowledge.projection.catchUp();
      assertThat(indexed()).as("seed %s, round %s", seed, round).isEqualTo(searchable());
      assertMetadataAgrees();
      knowledge.crash();
      assertThat(indexed()).as("seed %s, after crash %s", seed, round).isEqualTo(searchable());
    }
  }

  /** One act of a client on one of a few documents; being refused is an outcome like others. */
  private void act(Random random) {
    String path = "doc-" + random.nextInt(6);
    Optional<UUID> id =
        knowledge
            .rows
            .list(
                KnowledgeFixture.COLLECTION,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                10,
                false)
            .documents()
            .stream()
            .filter(d -> d.path().equals(path))
            .map(Document::id)
            .findFirst();
    Map<String, Object> metadata = Map.of("n", random.nextInt(3));
    Status status = Status.values()[random.nextInt(3)];
    try {
      switch (random.nextInt(6)) {
        case 0 -> knowledge.put(path, "common text " + random.nextInt(1_000), metadata, status);
        case 1 -> knowledge.put(path, "common ".repeat(1 + random.nextInt(120)), metadata, status);
        case 2 -> id.ifPresent(i -> knowledge.documents.deleteIfThere(i));
        case 3 ->
            id.ifPresent(i -> knowledge.documents.setStatus(i, KnowledgeFixture.CALLER, status));
        default -> id.ifPresent(i -> knowledge.place(i, "own-" + random.nextInt(3), "common own"));
      }
    } catch (AidbException e) {
      assertThat(e.code())
          .isIn(ErrorCode.CONFLICT, ErrorCode.NOT_FOUND, ErrorCode.VALIDATION_FAILED);
    }
  }

  @Test
  void aChunkWaitsForTheChangeOfItsDocument() throws Exception {
    UUID document = knowledge.put("a", "common", Map.of("n", 1), Status.APPROVED).id();
    Future<List<CallerVectors.Placed>> placed;
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        Handle changing = knowledge.database.jdbi().open()) {
      changing.begin();
      changing.execute(
          "UPDATE document SET status = 'rejected' WHERE id = ?", document); // not yet committed
      placed = thread.submit(() -> knowledge.place(document, "own", "common own"));
      assertThatThrownBy(() -> placed.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      changing.commit();
      UUID id = placed.get(20, TimeUnit.SECONDS).getFirst().id();
      assertThat(indexed()).doesNotContainKey(id);
    }
  }

  @Test
  void writersOfTheSameChunksInAnotherOrderDoNotBlockEachOther() throws Exception {
    List<CallerVectors.Item> items = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      UUID document = knowledge.put("doc-" + i, "common " + i, Map.of(), Status.APPROVED).id();
      for (int chunk = 0; chunk < 5; chunk++) {
        items.add(
            new CallerVectors.Item(
                document, "own-" + chunk, Optional.of("own " + i), null, Map.of()));
      }
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        List<CallerVectors.Item> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, new Random(writer));
        running.add(
            threads.submit(() -> {
              for (int i = 0; i < 10; i++) {
                knowledge.vectors.put(shuffled, KnowledgeFixture.CALLER);
              }
            }));
      }
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS); // a deadlock would be a failure
      }
    }
    knowledge.projection.catchUp();
    assertThat(indexed()).hasSize(48).isEqualTo(searchable());
  }

  @Test
  void aModelThatIsDownStoresNothing() {
    knowledge.model.down = true;

    assertThatThrownBy(() -> knowledge.put("a", "common", Map.of(), Status.APPROVED))
        .isInstanceOf(AidbException.class);

    assertThat(knowledge.rows.countDocuments(KnowledgeFixture.COLLECTION)).isZero();
    assertThat(searchable()).isEmpty();
  }

  @Test
  void theLongestPathsOfWideCharactersAreToldApart() {
    StringBuilder wide = new StringBuilder();
    new Random(1).ints(1_023, 0x20000, 0x2A000).forEach(wide::appendCodePoint);
    String path = wide + "\\";

    var first = knowledge.put(path, "common", Map.of(), Status.APPROVED);
    var same = knowledge.put(path, "common", Map.of(), Status.APPROVED);
    var other = knowledge.put(wide + "/", "common", Map.of(), Status.APPROVED);

    assertThat(same.id()).isEqualTo(first.id());
    assertThat(same.outcome()).isEqualTo(Intake.Outcome.UNCHANGED);
    assertThat(other.id()).isNotEqualTo(first.id());
  }

  @Test
  void aChunkForADocumentThatIsGoneIsAFieldError() {
    UUID document = knowledge.put("a", "common", Map.of(), Status.APPROVED).id();
    knowledge.place(document, "own", "common own"); // now its collection is remembered
    knowledge.documents.deleteIfThere(document);

    assertThatThrownBy(() -> knowledge.place(document, "own", "common own"))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_FAILED));
  }
}
