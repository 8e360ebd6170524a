package dev.aidb.similarity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.embedding.MiniLmModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class NearDuplicatesTest {
  private static final int MANY = 10_000_000;

  @TempDir private Path directory;

  private int[] survivors(List<float[]> vectors, int safe, double threshold) {
    return new NearDuplicates(directory, 2, MANY)
        .survivors(VectorSource.of(vectors), safe, threshold, () -> false)
        .indexes();
  }

  private void agrees(List<float[]> vectors, int safe, double threshold) {
    assertThat(survivors(vectors, safe, threshold))
        .containsExactly(Exhaustive.survivors(vectors, safe, threshold));
  }

  @Test
  void nothingAndOneSurvive() {
    assertThat(survivors(List.of(), 0, 0.95)).isEmpty();
    assertThat(survivors(List.of(new float[] {0, 1}), 0, 0.95)).containsExactly(0);
  }

  @Test
  void aVectorFallsToTheFirstSurvivorAndNotToOneThatFell() {
    double step = Math.acos(0.96); // neighbours are duplicates, those two apart aren't
    List<float[]> fan = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      fan.add(new float[] {(float) Math.cos(i * step), (float) Math.sin(i * step)});
    }

    assertThat(survivors(fan, 0, 0.95)).containsExactly(0, 0, 2, 2, 4);
  }

  @Test
  void theSafeOnesSurviveAnythingAndTakeOthers() {
    List<float[]> same = Collections.nCopies(6, new float[] {0.6f, 0.8f});

    assertThat(survivors(same, 3, 0.95)).containsExactly(0, 1, 2, 0, 0, 0);
    assertThat(survivors(same, 100, 0.95)).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void tellsTheCosineWithTheSurvivor() {
    List<float[]> vectors = new Shapes(1, 50).clustered(500, 10);

    Survivors result =
        new NearDuplicates(directory, 1, MANY)
            .survivors(VectorSource.of(vectors), 0, 0.9, () -> false);

    for (int i = 0; i < vectors.size(); i++) {
      int to = result.indexes()[i];
      double expected = to == i ? 1 : Cosine.of(vectors.get(to), vectors.get(i));
      assertThat(result.cosines()[i]).isEqualTo(expected);
      assertThat(result.survives(i)).isEqualTo(to == i);
    }
  }

  /** Over several blocks and chunks. */
  @ParameterizedTest
  @ValueSource(ints = {5, 16, 40})
  void agreesOverManyBlocks(int dimension) {
    Shapes shapes = new Shapes(dimension, dimension);
    List<float[]> vectors = new ArrayList<>(shapes.scattered(7_000));
    for (int i = 0; i < 3_000; i++) {
      vectors.add(shapes.near(vectors.get(i * 2), i / 3_000.0));
    }
    Collections.shuffle(vectors, new Random(dimension));

    agrees(vectors, 100, 0.95);
  }

  @Test
  void theNumberOfThreadsChangesNothing() {
    List<float[]> vectors = new Shapes(7, 384).clustered(6_000, 500);
    int[] one =
        new NearDuplicates(directory, 1, MANY)
            .survivors(VectorSource.of(vectors), 0, 0.9, () -> false)
            .indexes();

    for (int threads : List.of(2, 5)) {
      assertThat(
              new NearDuplicates(directory, threads, MANY)
                  .survivors(VectorSource.of(vectors), 0, 0.9, () -> false)
                  .indexes())
          .containsExactly(one);
    }
  }

  @Test
  void manyEqualOnesAreNoMoreWorkThanOthers() {
    float[] one = new Shapes(3, 384).scattered(1).getFirst();
    AtomicInteger given = new AtomicInteger();
    VectorSource source =
        source(
            384,
            vector -> {
              System.arraycopy(one, 0, vector, 0, 384);
              return given.incrementAndGet() <= 100_000;
            });

    Survivors result =
        new NearDuplicates(directory, 2, MANY).survivors(source, 0, 0.95, () -> false);

    assertThat(result.indexes()).hasSize(100_000).containsOnly(0);
  }

  @Test
  void agreesOnEmbeddingsOfTexts() throws Exception {
    List<float[]> vectors = embeddings(1_500);
    for (double threshold : List.of(0.95, 0.8, 0.6)) {
      agrees(vectors, 0, threshold);
    }
    int[] survivors = survivors(vectors, 0, 0.8);
    assertThat(java.util.Arrays.stream(survivors).distinct().count()).isLessThan(1_500);
  }

  private static List<float[]> embeddings(int count) throws IOException {
    Set<String> texts = new HashSet<>();
    List<String> sorted;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    NearDuplicatesTest.class.getResourceAsStream("/policy/harmless.tsv")),
                StandardCharsets.UTF_8))) {
      lines.lines().limit(2L * count).forEach(line -> texts.add(line.split("\t")[3]));
      sorted = texts.stream().sorted().limit(count).toList();
    }
    try (MiniLmModel model = MiniLmModel.bundled()) {
      return sorted.parallelStream()
          .map(text -> model.embed(List.of(text)).getFirst().vector())
          .toList();
    }
  }

  @Test
  void stopsWhenTold() {
    List<float[]> vectors = new Shapes(1, 64).scattered(5_000);
    AtomicInteger asked = new AtomicInteger();

    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() ->
            new NearDuplicates(directory, 2, MANY)
                .survivors(VectorSource.of(vectors), 0, 0.95, () -> asked.incrementAndGet() > 40));
  }

  @Test
  void stopsAtTheDeadline() {
    List<float[]> vectors = new Shapes(1, 64).scattered(5_000);

    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() ->
            ScopedValue.where(Deadline.CURRENT, Deadline.in(Duration.ZERO))
                .run(() -> survivors(vectors, 0, 0.95)))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
  }

  @Test
  void stopsWhenInterrupted() throws Exception {
    List<float[]> vectors = new Shapes(1, 384).almost(30_000, 0.95);
    AtomicBoolean cancelled = new AtomicBoolean();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                survivors(vectors, 0, 0.95);
              } catch (CancellationException e) {
                cancelled.set(Thread.currentThread().isInterrupted());
              }
            });
    Thread.sleep(200);
    thread.interrupt();

    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(cancelled).isTrue();
  }

  @Test
  void aFailureOfTheSourceEndsIt() {
    VectorSource source =
        source(
            3,
            vector -> {
              throw new IllegalStateException("half read");
            });

    assertThatThrownBy(
            () -> new NearDuplicates(directory, 2, MANY).survivors(source, 0, 0.95, () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("half read");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesWhatHasNoLengthOfOne() {
    for (float[] wrong :
        List.of(
            new float[] {0, 0},
            new float[] {1, 1},
            new float[] {Float.NaN, 1},
            new float[] {Float.POSITIVE_INFINITY, 0})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> survivors(List.of(new float[] {1, 0}, wrong), 0, 0.95))
          .withMessage("vector 1 is not normalised");
    }
  }

  @Test
  void refusesTooManyVectorsAndThresholdsWithoutMeaning() {
    NearDuplicates two = new NearDuplicates(directory, 1, 2);
    VectorSource three = VectorSource.of(Collections.nCopies(3, new float[] {1}));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.survivors(three, 0, 0.95, () -> false));
    for (double threshold : List.of(0.0, 1.01, -1.0, Double.NaN)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> survivors(List.of(new float[] {1}), 0, threshold));
    }
  }

  @Test
  void leavesNoFileWhileItRunsOrAfter() throws Exception {
    Path stale = Files.createFile(directory.resolve("near-duplicates-1.tmp"));
    Path foreign = Files.createFile(directory.resolve("other.tmp"));
    List<List<Path>> seen = Collections.synchronizedList(new ArrayList<>());
    NearDuplicates search = new NearDuplicates(directory, 2, MANY);
    assertThat(stale).doesNotExist();

    var unused =
        search.survivors(
            VectorSource.of(new Shapes(1, 384).scattered(3_000)),
            0,
            0.95,
            () -> {
              seen.add(files());
              return false;
            });

    assertThat(seen).isNotEmpty().allSatisfy(files -> assertThat(files).containsExactly(foreign));
    assertThat(files()).containsExactly(foreign);
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static VectorSource source(int dimension, java.util.function.Predicate<float[]> next) {
    return new VectorSource() {
      @Override
      public int dimension() {
        return dimension;
      }

      @Override
      public boolean next(float[] vector) {
        return next.test(vector);
      }
    };
  }
}
