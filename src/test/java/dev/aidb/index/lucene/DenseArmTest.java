package dev.aidb.index.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.index.ArmPage;
import dev.aidb.index.ArmPage.Hit;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexChange.Remove;
import dev.aidb.index.IndexModel;
import dev.aidb.index.Position;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.RecordFilter.Match;
import dev.aidb.index.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dense arm where it chooses candidates by sketches. */
class DenseArmTest {
  private static final int DIMENSION = 128;
  private static final int RECORDS = 3_000;

  /** Tiers small enough to be reached by few records. */
  private static final LuceneSettings TIERED =
      new LuceneSettings(1.5f, 0.6f, 16, 16, 256, 100_000, 100, 0, 60, 10, 200, 50);

  @TempDir Path directory;
  private final IndexModel model = new IndexModel();
  private final Samples samples = new Samples(4, DIMENSION);
  private final List<float[]> vectors = TestVectors.clustered(4, RECORDS, DIMENSION);

  @Test
  void recallIsNearlyWholeWithAndWithoutFilter() {
    try (LuceneIndex index = filled(TIERED)) {
      for (RecordFilter filter : List.of(RecordFilter.ALL, part(2), part(10))) {
        assertThat(recall(index, filter, 10)).isGreaterThan(0.97);
      }
    }
  }

  @Test
  void pagesAcrossAllTiersNeverRepeatNorSkip() {
    try (LuceneIndex index = filled(TIERED)) {
      for (RecordFilter filter : List.of(RecordFilter.ALL, part(2))) {
        float[] vector = vectors.get(17);
        int total = model.dense(query(vector, filter, 0, 10)).size();
        List<UUID> whole = ids(index.dense(query(vector, filter, 0, total)));
        assertThat(whole).hasSize(total).doesNotHaveDuplicates();
        Random random = new Random(3);
        for (int offset = 0; offset < 120; ) {
          int limit = 1 + random.nextInt(20);
          ArmPage page = index.dense(query(vector, filter, offset, limit));
          assertThat(page.total()).isEqualTo(total);
          assertThat(ids(page)).isEqualTo(whole.subList(offset, offset + limit));
          offset += limit;
        }
      }
    }
  }

  @Test
  void hundredsOfEqualVectorsAreStillInOrderOfTheirIds() {
    try (LuceneIndex index = LuceneIndex.open(directory, TIERED)) {
      List<IndexChange> changes = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        changes.add(Samples.put(samples.record(vectors.get(i < 700 ? 0 : i))));
      }
      model.apply(changes);
      index.apply(changes);
      for (int offset : new int[] {0, 5, 40, 300, 690}) {
        DenseQuery query = query(vectors.getFirst(), RecordFilter.ALL, offset, 10);
        List<UUID> expected =
            model.dense(query).subList(offset, offset + 10).stream().map(Hit::id).toList();
        assertThat(ids(index.dense(query))).isEqualTo(expected);
      }
    }
  }

  @Test
  void aDepthGivesItsMatchesAtOnce() {
    try (LuceneIndex index = filled(TIERED)) {
      float[] vector = vectors.get(5);
      ArmPage page =
          index.dense(DenseQuery.first(300, Samples.COLLECTION, vector, RecordFilter.ALL));
      assertThat(page.total()).isEqualTo(RECORDS);
      assertThat(ids(page)).hasSize(300).doesNotHaveDuplicates();
      assertThat(page.hits()).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
      DenseQuery all = query(vector, RecordFilter.ALL, 0, 10);
      assertThat(ids(page).subList(0, 10)).containsAnyElementsOf(ids(index.dense(all)));
    }
  }

  @Test
  void removedRecordsAreNeverFoundAndMergesKeepTheRest() throws Exception {
    try (LuceneIndex index = filled(TIERED)) {
      List<IndexChange> removals = new ArrayList<>();
      for (int i = 0; i < RECORDS; i += 3) {
        removals.add(new Remove(id(i), 2));
      }
      index.apply(removals);
      model.apply(removals);
      assertThat(recall(index, RecordFilter.ALL, 10)).isGreaterThan(0.97);
      for (int round = 0; round < 12; round++) {
        List<IndexChange> more = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          more.add(Samples.put(samples.record(samples.vector())));
        }
        index.apply(more);
        model.apply(more);
        assertThat(recall(index, RecordFilter.ALL, 10)).isGreaterThan(0.97);
      }
      index.commit(new Position("g", 1, 1));
    }
    try (Directory files = new MMapDirectory(directory);
        CheckIndex check = new CheckIndex(files)) {
      assertThat(check.checkIndex().clean).isTrue();
    }
    try (LuceneIndex index = LuceneIndex.open(directory, TIERED)) {
      assertThat(recall(index, RecordFilter.ALL, 10)).isGreaterThan(0.97);
    }
  }

  private LuceneIndex filled(LuceneSettings settings) {
    LuceneIndex index = LuceneIndex.open(directory, settings);
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      changes.add(
          Samples.put(
              samples.record(
                  id(i),
                  1,
                  Samples.COLLECTION,
                  "word",
                  Map.of("half", i % 2, "tenth", i % 10),
                  vectors.get(i))));
    }
    model.apply(changes);
    for (int i = 0; i < RECORDS; i += 1_000) {
      index.apply(changes.subList(i, i + 1_000));
      index.count(Samples.COLLECTION);
    }
    return index;
  }

  private static UUID id(int i) {
    return new UUID(0x7000L | (long) i << 16, Long.MIN_VALUE | i);
  }

  private static RecordFilter part(int parts) {
    Match match = new Match(parts == 2 ? "half" : "tenth", List.of(1.0));
    return new RecordFilter(Optional.empty(), Optional.of(match));
  }

  private double recall(LuceneIndex index, RecordFilter filter, int k) {
    int found = 0;
    int queries = 25;
    for (int i = 0; i < queries; i++) {
      DenseQuery query = query(vectors.get(i * 7), filter, 0, k);
      List<Hit> expected = model.dense(query);
      ArmPage page = index.dense(query);
      assertThat(page.total()).isEqualTo(expected.size());
      Set<UUID> best = new HashSet<>(expected.subList(0, k).stream().map(Hit::id).toList());
      best.retainAll(ids(page));
      found += best.size();
    }
    return (double) found / queries / k;
  }

  private static DenseQuery query(float[] vector, RecordFilter filter, int offset, int limit) {
    return new DenseQuery(Samples.COLLECTION, vector, filter, 0, offset, limit);
  }

  private static List<UUID> ids(ArmPage page) {
    return page.hits().stream().map(Hit::id).toList();
  }
}
