package dev.aidb.index;

import static dev.aidb.index.Samples.COLLECTION;
import static dev.aidb.index.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.index.ArmPage.Hit;
import dev.aidb.index.IndexChange.Remove;
import dev.aidb.index.RecordFilter.Bound;
import dev.aidb.index.RecordFilter.Clause;
import dev.aidb.index.RecordFilter.Combined;
import dev.aidb.index.RecordFilter.Match;
import dev.aidb.index.RecordFilter.NumberRange;
import dev.aidb.index.RecordFilter.TextRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every index must do. An implementation extends this and opens itself. */
public abstract class VectorIndexContract {
  protected static final int DIMENSION = 16;
  private static final double ROUNDING = 1e-5;

  @TempDir Path directory;
  protected VectorIndex index;
  protected final Samples samples = new Samples(20261121, DIMENSION);

  /** Opens the index kept in a directory, as of its last commit. */
  protected abstract VectorIndex open(Path directory);

  @BeforeEach
  void openIndex() {
    index = open(directory);
  }

  @AfterEach
  void closeIndex() {
    index.close();
  }

  // What can be found

  @Test
  void anEmptyIndexFindsNothing() {
    assertThat(dense(samples.vector(), 0, 10)).isEqualTo(new ArmPage(List.of(), 0));
    assertThat(keyword("word", 0, 10)).isEqualTo(new ArmPage(List.of(), 0));
    assertThat(index.count(COLLECTION)).isZero();
    assertThat(index.position()).isEmpty();
  }

  @Test
  void oneRecordIsFoundByVectorAndByWord() {
    IndexedRecord row = samples.record("enable the firewall");
    apply(row);

    ArmPage near = dense(row.embedding(), 0, 10);
    assertThat(near.total()).isEqualTo(1);
    assertThat(near.hits())
        .singleElement()
        .satisfies(hit -> {
          assertThat(hit.id()).isEqualTo(row.id());
          assertThat(hit.version()).isEqualTo(1);
          assertThat(hit.score()).isCloseTo(1, within(ROUNDING));
        });
    ArmPage words = keyword("firewall", 0, 10);
    assertThat(words.total()).isEqualTo(1);
    assertThat(ids(words)).containsExactly(row.id());
    assertThat(words.hits().getFirst().score()).isPositive();
  }

  @Test
  void aTitleIsSearchedAsWords() {
    apply(samples.record("something else"));
    assertThat(keyword("title", 0, 10).total()).isEqualTo(1);
  }

  @Test
  void denseOrderAndScoresAreThoseOfTheModel() {
    IndexModel model = new IndexModel();
    List<IndexChange> changes = many(700);
    model.apply(changes);
    index.apply(changes);

    DenseQuery query = query(samples.vector(), RecordFilter.ALL, 0, 0, 700);
    assertSame(index.dense(query), model.dense(query), 700);
  }

  @Test
  void anOppositeVectorIsAMatchWithANegativeScore() {
    IndexedRecord row = samples.record("word");
    apply(row);
    float[] opposite = row.embedding().clone();
    for (int i = 0; i < opposite.length; i++) {
      opposite[i] = -opposite[i];
    }
    ArmPage page = dense(opposite, 0, 10);
    assertThat(page.total()).isEqualTo(1);
    assertThat(page.hits().getFirst().score()).isCloseTo(-1, within(ROUNDING));
  }

  @Test
  void theScoreOfAVectorThatIsNotOfLengthOneIsStillTheCosine() {
    IndexedRecord row = samples.record("word");
    apply(row);
    float[] longer = row.embedding().clone();
    for (int i = 0; i < longer.length; i++) {
      longer[i] *= 3;
    }
    assertThat(dense(longer, 0, 1).hits().getFirst().score()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void aTextWithoutTermsFindsNothing() {
    apply(samples.record("word"));
    assertThat(keyword("?!", 0, 10)).isEqualTo(new ArmPage(List.of(), 0));
  }

  @Test
  void aRecordWithMoreOfTheWordsStandsFirst() {
    IndexedRecord both = samples.record("nginx virtual host");
    IndexedRecord one = samples.record("nginx service unit");
    apply(one, both);
    assertThat(ids(keyword("nginx virtual", 0, 10))).containsExactly(both.id(), one.id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"größe", "ÅNGSTRÖM", "データベース", "база", "δοκιμή", "🚀launch"})
  void wordsOfAnyScriptAreFound(String word) {
    IndexedRecord row = samples.record("before " + word + " after");
    apply(row, samples.record("before after"));
    assertThat(ids(keyword(word, 0, 10))).containsExactly(row.id());
  }

  @Test
  void aVeryLongTextIsSearched() {
    apply(samples.record("needle"));
    String text = "needle " + String.join(" ", Collections.nCopies(3_000, "w" + "x".repeat(5)));
    assertThat(keyword(text, 0, 10).total()).isEqualTo(1);
    StringBuilder different = new StringBuilder("needle");
    for (int i = 0; i < 3_000; i++) {
      different.append(" w").append(i);
    }
    assertThat(keyword(different.toString(), 0, 10).total()).isEqualTo(1);
  }

  // Pages

  @Test
  void pagesPutTogetherAreTheWholeSequence() {
    float[] centre = samples.vector();
    List<IndexChange> changes = new ArrayList<>(many(150));
    float[] twin = samples.vector();
    for (int i = 0; i < 60; i++) {
      changes.add(put(samples.record(twin)));
    }
    IndexModel model = new IndexModel();
    model.apply(changes);
    index.apply(changes);
    for (float[] vector : List.of(centre, twin)) {
      DenseQuery all = query(vector, RecordFilter.ALL, 0, 0, 210);
      List<Hit> expected = model.dense(all);
      for (int size : new int[] {1, 7, 50, 100}) {
        List<UUID> paged = new ArrayList<>();
        for (int offset = 0; offset < 210 + size; offset += size) {
          ArmPage page = index.dense(query(vector, RecordFilter.ALL, 0, offset, size));
          assertThat(page.total()).isEqualTo(210);
          paged.addAll(ids(page));
        }
        assertThat(paged).containsExactlyElementsOf(expected.stream().map(Hit::id).toList());
      }
    }
  }

  /** Few different vectors, changes over changes, pages of any size: the argument is the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void afterAnyHistoryPagesAreThoseOfTheModel(long seed) {
    Random random = new Random(seed);
    Samples own = new Samples(seed, DIMENSION);
    List<float[]> few = Stream.generate(own::vector).limit(6).toList();
    List<UUID> ids = Stream.generate(own::id).limit(40).toList();
    IndexModel model = new IndexModel();
    for (int step = 0; step < 25; step++) {
      List<IndexChange> changes = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        UUID id = ids.get(random.nextInt(ids.size()));
        long version = random.nextInt(30);
        float[] vector = few.get(random.nextInt(few.size()));
        changes.add(
            random.nextInt(4) == 0
                ? new Remove(id, version)
                : put(
                    own.record(
                        id, version, COLLECTION, "word", Map.of("n", random.nextInt(3)), vector)));
      }
      model.apply(changes);
      index.apply(changes);
      Clause clause = new Match("n", List.of((double) random.nextInt(3)));
      RecordFilter filter =
          random.nextBoolean()
              ? RecordFilter.ALL
              : new RecordFilter(Optional.empty(), Optional.of(clause));
      int offset = random.nextInt(20);
      int limit = 1 + random.nextInt(20);
      DenseQuery query = query(few.get(random.nextInt(6)), filter, 0, offset, limit);
      List<Hit> expected = model.dense(query);
      ArmPage page = index.dense(query);
      assertThat(page.total()).isEqualTo(expected.size());
      int from = Math.min(offset, expected.size());
      int to = Math.min(offset + limit, expected.size());
      assertThat(ids(page)).isEqualTo(ids(expected.subList(from, to)));
    }
  }

  @Test
  void equalScoresOrderByIdAsTextInBothArms() {
    float[] twin = samples.vector();
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      changes.add(put(samples.record(samples.id(), 1, COLLECTION, "same words", Map.of(), twin)));
    }
    index.apply(changes);
    List<UUID> expected =
        changes.stream()
            .map(IndexChange::id)
            .sorted((a, b) -> a.toString().compareTo(b.toString()))
            .toList();
    assertThat(ids(dense(twin, 0, 120))).containsExactlyElementsOf(expected);
    assertThat(ids(dense(twin, 17, 5))).containsExactlyElementsOf(expected.subList(17, 22));
    assertThat(ids(keyword("same", 0, 120))).containsExactlyElementsOf(expected);
    assertThat(ids(keyword("same", 90, 11))).containsExactlyElementsOf(expected.subList(90, 101));
  }

  @Test
  void keywordPagesPutTogetherAreTheWholeSequence() {
    Random random = new Random(7);
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String content = String.join(" ", Collections.nCopies(1 + random.nextInt(3), "apple"));
      changes.add(put(samples.record(content + " pear".repeat(random.nextInt(4)))));
    }
    index.apply(changes);
    List<UUID> whole = ids(keyword("apple pear", 0, 200));
    assertThat(whole).hasSize(200).doesNotHaveDuplicates();
    for (int size : new int[] {1, 13, 100}) {
      List<UUID> paged = new ArrayList<>();
      for (int offset = 0; offset < 200; offset += size) {
        ArmPage page = keyword("apple pear", offset, size);
        assertThat(page.total()).isEqualTo(200);
        paged.addAll(ids(page));
      }
      assertThat(paged).containsExactlyElementsOf(whole);
    }
  }

  @Test
  void aPageBeyondTheEndIsEmptyAndCountsAll() {
    index.apply(many(5));
    assertThat(dense(samples.vector(), 10_000, 100)).isEqualTo(new ArmPage(List.of(), 5));
    assertThat(keyword("word", 10_000, 100)).isEqualTo(new ArmPage(List.of(), 5));
  }

  @Test
  void aPageMayBeLargerThanAnyIndex() {
    index.apply(many(400));
    assertThat(dense(samples.vector(), 5, Integer.MAX_VALUE).hits()).hasSize(395);
    assertThat(keyword("word", 5, Integer.MAX_VALUE).hits()).hasSize(395);
  }

  // The least score

  @Test
  void theLeastScoreIsCountedExactlyAtItsBoundary() {
    float[] axis = new float[DIMENSION];
    axis[0] = 1;
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i <= 8; i++) {
      float[] vector = new float[DIMENSION];
      vector[0] = i / 8f;
      vector[1] = (float) Math.sqrt(1 - (i / 8.0) * (i / 8.0));
      changes.add(put(samples.record(vector)));
    }
    index.apply(changes);
    assertThat(index.dense(query(axis, RecordFilter.ALL, 0.5, 0, 2)).total()).isEqualTo(5);
    assertThat(index.dense(query(axis, RecordFilter.ALL, 0.5001, 0, 2)).total()).isEqualTo(4);
    assertThat(index.dense(query(axis, RecordFilter.ALL, 1, 0, 2)).total()).isEqualTo(1);
    assertThat(index.dense(query(axis, RecordFilter.ALL, 0, 0, 2)).total()).isEqualTo(9);
  }

  @Test
  void theLeastScoreOfWordsIsTheScoreAsItIsServed() {
    apply(samples.record("pear"), samples.record("pear and apple"), samples.record("pear pear"));
    List<Hit> all = keyword("pear apple", 0, 10).hits();
    for (int i = 0; i < all.size(); i++) {
      double served = all.get(i).score() / (all.get(i).score() + 10);
      ArmPage page =
          index.keyword(
              new KeywordQuery(COLLECTION, "pear apple", RecordFilter.ALL, served, 0, 10));
      assertThat(page.hits()).isEqualTo(all.subList(0, i + 1));
      assertThat(page.total()).isEqualTo(i + 1);
    }
  }

  // Filters

  static Stream<Clause> clauses() {
    Clause red = new Match("colour", List.of("red"));
    Clause big = range("size", 10.0, true, null, false);
    Clause deep = new Match("a.b.c", List.of(7.0));
    return Stream.of(
        red,
        big,
        deep,
        new Match("colour", List.of("red", "green")),
        new Match("colour", List.of()),
        new Match("colour", List.of(1.0)),
        new Match("size", List.of("10")),
        new Match("size", List.of(10.0)),
        new Match("size", List.of(0.0)),
        new Match("size", List.of(-0.0)),
        new Match("flag", List.of(true)),
        new Match("flag", List.of(false, "true")),
        new Match("tags", List.of("x")),
        new Match("tags", List.of("x", 3.0)),
        new Match("missing", List.of("x")),
        new Match("ключ.キー", List.of("значение")),
        new Match("long", List.of("y".repeat(3_000))),
        new Match("long", List.of("y".repeat(2_999))),
        new Match("list.n", List.of(2.0)),
        range("size", null, false, 10.0, false),
        range("size", null, false, 10.0, true),
        range("size", -5.0, false, 10.0, true),
        range("size", 10.0, false, 5.0, false),
        range("size", null, false, null, false),
        range("size", Double.NEGATIVE_INFINITY, true, 1e300, true),
        range("list.n", 2.5, true, 3.5, true),
        range("colour", 0.0, true, null, false),
        texts("when", "2026-01-02T00:00:00Z", true, "2026-01-04T00:00:00Z", false),
        texts("when", "2026-01-02T00:00:00Z", false, null, false),
        texts("colour", null, false, "green", true),
        texts("long", "y", true, "z", false),
        texts("size", "", true, null, false),
        texts("order", "\uD83D\uDE80", true, null, false),
        texts("order", "\uE000", true, null, false),
        new Combined(List.of(), List.of(), List.of()),
        new Combined(List.of(red, big), List.of(), List.of()),
        new Combined(List.of(), List.of(red, big, deep), List.of()),
        new Combined(List.of(), List.of(), List.of(red, deep)),
        new Combined(List.of(big), List.of(red, deep), List.of(new Match("tags", List.of("x")))),
        new Combined(
            List.of(new Combined(List.of(), List.of(red, deep), List.of())),
            List.of(),
            List.of(new Combined(List.of(red, big), List.of(), List.of()))));
  }

  @ParameterizedTest
  @MethodSource("clauses")
  void aFilterAcceptsWhatTheModelAccepts(Clause clause) {
    IndexModel model = filterable();
    for (Optional<String> project : List.of(Optional.<String>empty(), Optional.of("other"))) {
      RecordFilter filter = new RecordFilter(project, Optional.of(clause));
      DenseQuery query = query(samples.vector(), filter, 0, 0, 100);
      List<Hit> expected = model.dense(query);
      assertSame(index.dense(query), expected, 100);

      ArmPage words = index.keyword(new KeywordQuery(COLLECTION, "word", filter, 0, 0, 100));
      assertThat(words.total()).isEqualTo(expected.size());
      assertThat(ids(words)).containsExactlyInAnyOrderElementsOf(ids(expected));
    }
  }

  @Test
  void aTextThatBoundsARangeMayBeTooLongToCompare() {
    Clause clause = texts("long", "y".repeat(5_000), true, null, false);
    DenseQuery query =
        query(samples.vector(), new RecordFilter(Optional.empty(), Optional.of(clause)), 0, 0, 1);
    assertThatThrownBy(() -> index.dense(query)).satisfies(this::isRefused);
  }

  private IndexModel filterable() {
    List<Map<String, Object>> metadata =
        List.of(
            Map.of(),
            Map.of("colour", "red", "size", 10),
            Map.of("colour", "green", "size", 9.999999),
            Map.of("colour", "Red", "size", -5L),
            Map.of("colour", List.of("blue", "red"), "size", "10"),
            Map.of("flag", true, "size", 0.0),
            Map.of("flag", "true", "size", -0.0),
            Map.of("flag", false, "size", 1e300),
            Map.of("tags", List.of("x", "y"), "size", List.of(1, 20)),
            Map.of("tags", List.of(List.of("x"), 3), "colour", "red"),
            Map.of("a", Map.of("b", Map.of("c", 7))),
            Map.of("a.b", Map.of("c", 7.0), "colour", "red"),
            Map.of("a", Map.of("b.c", "7")),
            Map.of("list", List.of(Map.of("n", 1), Map.of("n", 2))),
            Map.of("list", List.of(Map.of("n", 3))),
            Map.of("ключ", Map.of("キー", "значение")),
            Map.of("long", "y".repeat(3_000)),
            Map.of("long", "y".repeat(2_999) + "z"),
            Map.of("when", "2026-01-01T00:00:00Z"),
            Map.of("when", "2026-01-02T00:00:00Z"),
            Map.of("when", "2026-01-03T10:00:00Z"),
            Map.of("when", "2026-01-04T00:00:00Z"),
            Map.of("order", "\uD83D\uDE80"),
            Map.of("order", "\uFFFD"),
            Map.of("order", "\uD7FF"),
            Map.of("", "empty", "nul\u0000key", "nul\u0000value"));
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < 2 * metadata.size(); i++) {
      UUID id = samples.id();
      changes.add(
          put(
              new IndexedRecord(
                  id,
                  1,
                  COLLECTION,
                  i < metadata.size() ? "default" : "other",
                  id,
                  "title",
                  "word",
                  metadata.get(i % metadata.size()),
                  samples.vector())));
    }
    IndexModel model = new IndexModel();
    model.apply(changes);
    index.apply(changes);
    return model;
  }

  @Test
  void hostileKeysAreOnlyKeys() {
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      changes.add(put(samples.record(Map.of("k" + i + "\u0000" + "x".repeat(i * 20), i))));
    }
    index.apply(changes);
    Clause clause = new Match("k299\u0000" + "x".repeat(299 * 20), List.of(299.0));
    RecordFilter filter = new RecordFilter(Optional.empty(), Optional.of(clause));
    assertThat(index.dense(query(samples.vector(), filter, 0, 0, 10)).total()).isEqualTo(1);
  }

  // Changes

  @Test
  void aNewerVersionReplacesAndAnOlderIsPassedOver() {
    IndexedRecord first = samples.record("apple");
    index.apply(List.of(put(version(first, 5, "apple"))));
    index.apply(List.of(put(version(first, 6, "pear"))));
    index.apply(List.of(put(version(first, 5, "apple")), put(version(first, 4, "plum"))));

    assertThat(index.count(COLLECTION)).isEqualTo(1);
    assertThat(keyword("apple plum", 0, 10).total()).isZero();
    assertThat(keyword("pear", 0, 10).hits().getFirst().version()).isEqualTo(6);
  }

  @Test
  void theNewestOfOneBatchStays() {
    IndexedRecord row = samples.record("apple");
    index.apply(
        List.of(
            put(version(row, 2, "two")),
            put(version(row, 3, "three")),
            put(version(row, 1, "one"))));
    assertThat(index.count(COLLECTION)).isEqualTo(1);
    assertThat(keyword("three", 0, 10).total()).isEqualTo(1);
  }

  @Test
  void aRemovedRecordIsGoneAndALateOlderPutDoesNotBringItBack() {
    IndexedRecord row = samples.record("apple");
    IndexedRecord other = samples.record("apple");
    apply(row, other);
    index.apply(List.of(new Remove(row.id(), 3)));
    index.apply(List.of(put(version(row, 2, "apple"))));

    assertThat(ids(dense(row.embedding(), 0, 10))).containsExactly(other.id());
    assertThat(dense(row.embedding(), 0, 10).total()).isEqualTo(1);
    assertThat(ids(keyword("apple", 0, 10))).containsExactly(other.id());
    assertThat(keyword("apple", 0, 10).total()).isEqualTo(1);
    assertThat(index.count(COLLECTION)).isEqualTo(1);
  }

  @Test
  void aRemovedRecordComesBackWithANewerVersion() {
    IndexedRecord row = samples.record("apple");
    apply(row);
    index.apply(List.of(new Remove(row.id(), 2), put(version(row, 3, "apple"))));
    assertThat(keyword("apple", 0, 10).hits().getFirst().version()).isEqualTo(3);
  }

  @Test
  void settlingForgetsOnlyWhatWasAppliedBeforeTheMark() {
    IndexedRecord before = samples.record("before");
    IndexedRecord after = samples.record("after");
    apply(version(before, 9, "before"));
    long mark = index.mark();
    apply(version(after, 9, "after"));
    index.settle(mark);
    apply(version(before, 8, "before"), version(after, 8, "after"));

    assertThat(keyword("before", 0, 1).hits().getFirst().version()).isEqualTo(8);
    assertThat(keyword("after", 0, 1).hits().getFirst().version()).isEqualTo(9);
    assertThat(index.mark()).isGreaterThan(mark);
  }

  @Test
  void anEmptyBatchChangesNothing() {
    index.apply(List.of());
    assertThat(index.count(COLLECTION)).isZero();
  }

  @Test
  void theEpochChangesWithWhatCanBeSeen() {
    long before = index.epoch();
    IndexedRecord row = samples.record("word");
    apply(row);
    long put = index.epoch();
    assertThat(put).isNotEqualTo(before);
    dense(row.embedding(), 0, 1);
    assertThat(index.epoch()).isEqualTo(put);
    index.apply(List.of(new Remove(row.id(), 2)));
    assertThat(index.epoch()).isNotEqualTo(put);
  }

  @Test
  void anotherDimensionIsRefusedAndTheWholeBatchWithIt() {
    apply(samples.record("word"));
    IndexedRecord good = samples.record("good");
    IndexedRecord bad = samples.record(new Samples(1, 3).vector());
    assertThatThrownBy(() -> index.apply(List.of(put(good), put(bad)))).satisfies(this::isRefused);
    assertThat(index.count(COLLECTION)).isEqualTo(1);
    assertThatThrownBy(() -> dense(new float[] {1}, 0, 1)).satisfies(this::isRefused);
  }

  @Test
  void anEmptiedCollectionMayTakeAnotherDimension() {
    IndexedRecord row = samples.record("word");
    apply(row);
    index.apply(List.of(new Remove(row.id(), 2)));
    float[] vector = new Samples(1, 3).vector();
    apply(samples.record(vector));
    assertThat(dense(vector, 0, 1).total()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNoNumberIsRefused(float value) {
    float[] vector = samples.vector();
    vector[3] = value;
    assertThatThrownBy(() -> apply(samples.record(vector))).satisfies(this::isRefused);
    assertThatThrownBy(() -> dense(vector, 0, 1)).satisfies(this::isRefused);
    assertThat(index.count(COLLECTION)).isZero();
  }

  @Test
  void aZeroVectorIsRefused() {
    float[] zero = new float[DIMENSION];
    assertThatThrownBy(() -> apply(samples.record(zero))).satisfies(this::isRefused);
    assertThatThrownBy(() -> dense(zero, 0, 1)).satisfies(this::isRefused);
  }

  // Collections

  @Test
  void collectionsDoNotSeeEachOther() {
    List<IndexedRecord> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      rows.add(samples.record(samples.id(), 1, "c" + i, "shared word", Map.of(), samples.vector()));
    }
    rows.forEach(this::apply);
    for (IndexedRecord row : rows) {
      assertThat(
              ids(
                  index.dense(
                      new DenseQuery(
                          row.collection(), row.embedding(), RecordFilter.ALL, 0, 0, 10))))
          .containsExactly(row.id());
      assertThat(
              ids(
                  index.keyword(
                      new KeywordQuery(row.collection(), "shared", RecordFilter.ALL, 0, 0, 10))))
          .containsExactly(row.id());
      assertThat(index.count(row.collection())).isEqualTo(1);
    }
    assertThat(index.count("c")).isZero();
  }

  @Test
  void anotherCollectionsWordsDoNotWeighInAScore() {
    apply(samples.record("apple pie"), samples.record("pear"), samples.record("plum tart"));
    double before = keyword("apple", 0, 1).hits().getFirst().score();
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      changes.add(
          put(
              samples.record(
                  samples.id(), 1, "other", "apple ".repeat(i + 1), Map.of(), samples.vector())));
    }
    index.apply(changes);
    assertThat(keyword("apple", 0, 1).hits().getFirst().score()).isEqualTo(before);
  }

  @Test
  void aRecordMayMoveToAnotherCollection() {
    IndexedRecord row = samples.record("word");
    apply(row);
    apply(samples.record(row.id(), 2, "other", "word", Map.of(), row.embedding()));
    assertThat(index.count(COLLECTION)).isZero();
    assertThat(index.count("other")).isEqualTo(1);
  }

  @Test
  void entriesAreWhatIsThere() {
    List<IndexChange> changes = many(50);
    index.apply(changes);
    index.apply(List.of(new Remove(changes.getFirst().id(), 2)));
    Set<UUID> expected = new HashSet<>();
    changes.subList(1, 50).forEach(change -> expected.add(change.id()));

    List<VectorIndex.Entry> entries = new ArrayList<>();
    index.entries(COLLECTION, entries::add);
    assertThat(entries).allMatch(entry -> entry.version() == 1).hasSize(49);
    assertThat(entries)
        .extracting(VectorIndex.Entry::id)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(index.count(COLLECTION)).isEqualTo(49);
  }

  // Endurance

  @Test
  void afterARestartItIsAsOfTheLastCommit() {
    IndexedRecord committed = samples.record("committed");
    apply(committed);
    Position position = new Position("db-1", 1L << 40, 77);
    index.commit(position);
    apply(samples.record("lost"));
    index.close();

    index = open(directory);
    assertThat(index.position()).contains(position);
    assertThat(ids(dense(committed.embedding(), 0, 10))).containsExactly(committed.id());
    assertThat(keyword("lost", 0, 10).total()).isZero();
    assertThatThrownBy(() -> dense(new float[] {1}, 0, 1)).satisfies(this::isRefused);
  }

  @Test
  void clearingForgetsRecordsVersionsAndPosition() {
    IndexedRecord row = samples.record("word");
    apply(version(row, 9, "word"));
    index.commit(new Position("db-1", 1, 1));
    long epoch = index.epoch();
    index.clear();
    assertThat(index.position()).isEmpty();
    assertThat(index.epoch()).isNotEqualTo(epoch);
    assertThat(index.count(COLLECTION)).isZero();
    assertThat(keyword("word", 0, 10).total()).isZero();

    apply(version(row, 1, "word"));
    assertThat(index.count(COLLECTION)).isEqualTo(1);
    index.close();
    index = open(directory);
    assertThat(index.position()).isEmpty();
    assertThat(index.count(COLLECTION)).isZero();
  }

  @Test
  void aSoundIndexPassesItsCheck() {
    index.check();
  }

  @Test
  void writersAndReadersAtOnceReadTheirOwnWrites() throws Exception {
    int threads = 4;
    int writes = 60;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int self = t;
        all.add(pool.submit((Callable<?>) () -> readOwnWrites(self, writes)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(index.count(COLLECTION)).isEqualTo((long) threads * writes / 2);
  }

  private Void readOwnWrites(int self, int writes) {
    Samples own = new Samples(self, DIMENSION);
    for (int i = 0; i < writes; i++) {
      IndexedRecord row = own.record("common w" + self + "x" + i);
      apply(row);
      assertThat(ids(dense(row.embedding(), 0, 1))).containsExactly(row.id());
      assertThat(ids(keyword("w" + self + "x" + i, 0, 10))).containsExactly(row.id());
      if (i % 2 == 0) {
        index.apply(List.of(new Remove(row.id(), 2)));
        assertThat(ids(dense(row.embedding(), 0, 3))).doesNotContain(row.id());
        assertThat(keyword("w" + self + "x" + i, 0, 10).total()).isZero();
      }
    }
    return null;
  }

  // Words of the tests above

  protected void apply(IndexedRecord... rows) {
    index.apply(Arrays.stream(rows).<IndexChange>map(Samples::put).toList());
  }

  protected List<IndexChange> many(int count) {
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(put(samples.record("word")));
    }
    return changes;
  }

  private IndexedRecord version(IndexedRecord row, long version, String content) {
    return samples.record(
        row.id(), version, row.collection(), content, row.metadata(), row.embedding());
  }

  protected static DenseQuery query(
      float[] vector, RecordFilter filter, double minScore, int offset, int limit) {
    return new DenseQuery(COLLECTION, vector, filter, minScore, offset, limit);
  }

  protected ArmPage dense(float[] vector, int offset, int limit) {
    return index.dense(query(vector, RecordFilter.ALL, 0, offset, limit));
  }

  protected ArmPage keyword(String text, int offset, int limit) {
    return index.keyword(new KeywordQuery(COLLECTION, text, RecordFilter.ALL, 0, offset, limit));
  }

  protected static List<UUID> ids(ArmPage page) {
    return ids(page.hits());
  }

  protected static List<UUID> ids(List<Hit> hits) {
    return hits.stream().map(Hit::id).toList();
  }

  private static void assertSame(ArmPage page, List<Hit> expected, int limit) {
    assertThat(page.total()).isEqualTo(expected.size());
    assertThat(ids(page)).isEqualTo(ids(expected.subList(0, Math.min(limit, expected.size()))));
    for (int i = 0; i < page.hits().size(); i++) {
      assertThat(page.hits().get(i).score()).isCloseTo(expected.get(i).score(), within(ROUNDING));
    }
  }

  private void isRefused(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_FAILED));
  }

  private static Clause range(
      String key,
      @Nullable Double lower,
      boolean lowerIn,
      @Nullable Double upper,
      boolean upperIn) {
    return new NumberRange(
        key,
        new Bound<>(Optional.ofNullable(lower), lowerIn),
        new Bound<>(Optional.ofNullable(upper), upperIn));
  }

  private static Clause texts(
      String key,
      @Nullable String lower,
      boolean lowerIn,
      @Nullable String upper,
      boolean upperIn) {
    return new TextRange(
        key,
        new Bound<>(Optional.ofNullable(lower), lowerIn),
        new Bound<>(Optional.ofNullable(upper), upperIn));
  }
}
