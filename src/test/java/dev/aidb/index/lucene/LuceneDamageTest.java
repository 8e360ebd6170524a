package dev.aidb.index.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.IndexChange;
import dev.aidb.index.Position;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an index whose files aren't what they should be. */
class LuceneDamageTest {
  @TempDir Path directory;

  @BeforeEach
  void fill() {
    Samples samples = new Samples(1, 64);
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      changes.add(Samples.put(samples.record("word")));
    }
    try (LuceneIndex index = LuceneIndex.open(directory)) {
      index.apply(changes);
      index.commit(new Position("g", 1, 1));
      index.verify();
    }
  }

  @Test
  void aFlippedByteAnywhereIsFound() throws IOException {
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      byte[] damaged = whole.clone();
      damaged[damaged.length / 2] ^= 0x40;
      Files.write(file, damaged);
      assertThatThrownBy(() -> LuceneIndex.open(directory))
          .as(file.getFileName().toString())
          .isInstanceOfSatisfying(
              IndexUnusable.class,
              e -> assertThat(e.reason()).isEqualTo(IndexUnusable.Reason.CORRUPT));
      Files.write(file, whole);
    }
    LuceneIndex.open(directory).close();
  }

  @Test
  void aCutOrMissingFileIsFound() throws IOException {
    Path file =
        files().stream()
            .filter(f -> !f.getFileName().toString().startsWith("segments"))
            .findFirst()
            .orElseThrow();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> LuceneIndex.open(directory)).isInstanceOf(IndexUnusable.class);
    Files.delete(file);
    assertThatThrownBy(() -> LuceneIndex.open(directory)).isInstanceOf(IndexUnusable.class);

    LuceneIndex.wipe(directory);
    try (LuceneIndex index = LuceneIndex.open(directory)) {
      assertThat(index.position()).isEmpty();
      assertThat(index.count(Samples.COLLECTION)).isZero();
    }
  }

  @Test
  void anIndexOfAnotherFormatIsNotGuessedAt() throws IOException {
    LuceneIndex.wipe(directory);
    try (MMapDirectory files = new MMapDirectory(directory);
        IndexWriter writer = new IndexWriter(files, new IndexWriterConfig())) {
      writer.commit();
    }
    assertThatThrownBy(() -> LuceneIndex.open(directory))
        .isInstanceOfSatisfying(
            IndexUnusable.class,
            e -> assertThat(e.reason()).isEqualTo(IndexUnusable.Reason.OTHER_FORMAT));
  }

  @Test
  void aSecondWriterIsRefused() {
    try (LuceneIndex first = LuceneIndex.open(directory)) {
      first.check();
      assertThatThrownBy(() -> LuceneIndex.open(directory))
          .isInstanceOfSatisfying(
              AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
  }

  @Test
  void aClosedIndexSaysThatItIsUnavailable() {
    LuceneIndex index = LuceneIndex.open(directory);
    index.close();
    index.close();
    assertThatThrownBy(index::check).isInstanceOf(AidbException.class);
    assertThatThrownBy(() -> index.count(Samples.COLLECTION)).isInstanceOf(AidbException.class);
    assertThatThrownBy(() -> index.apply(List.of(Samples.put(new Samples(2, 64).record("x")))))
        .isInstanceOf(AidbException.class);
  }

  @Test
  void reopeningGoesBackToTheLastCommit() {
    try (LuceneIndex index = LuceneIndex.open(directory)) {
      long epoch = index.epoch();
      index.apply(List.of(Samples.put(new Samples(2, 64).record("lost"))));
      index.reopen();
      assertThat(index.epoch()).isGreaterThan(epoch);
      assertThat(index.count(Samples.COLLECTION)).isEqualTo(400);
      assertThat(index.position()).contains(new Position("g", 1, 1));
      index.apply(List.of(Samples.put(new Samples(2, 64).record("lost"))));
      assertThat(index.count(Samples.COLLECTION)).isEqualTo(401);
    }
  }

  @Test
  void whenWritingFailsForGoodSearchesGoOnAndTheCheckSaysSo() {
    try (LuceneIndex index = LuceneIndex.open(directory)) {
      float[] vector = new Samples(3, 64).vector();
      LuceneIndex.wipe(directory);
      assertThatThrownBy(
              () -> {
                index.apply(List.of(Samples.put(new Samples(2, 64).record("lost"))));
                index.commit(new Position("g", 2, 2));
              })
          .isInstanceOfSatisfying(
              AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
      assertThatThrownBy(index::check)
          .isInstanceOfSatisfying(
              AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
      assertThat(
              index
                  .dense(new DenseQuery(Samples.COLLECTION, vector, RecordFilter.ALL, 0, 0, 10))
                  .total())
          .isEqualTo(400);
      assertThat(index.position()).contains(new Position("g", 1, 1));
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> !f.getFileName().toString().equals("write.lock")).toList();
    }
  }
}
