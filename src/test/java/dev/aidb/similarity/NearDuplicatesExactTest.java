package dev.aidb.similarity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Collections of any shape have the survivors that comparing all pairs finds. */
class NearDuplicatesExactTest {
  private static Path directory = Path.of("");

  @BeforeContainer
  static void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("near-duplicates-test-");
  }

  @AfterContainer
  static void deleteDirectory() throws IOException {
    Files.delete(directory); // which is empty again
  }

  private static void agrees(List<float[]> vectors, int safe, double threshold) {
    int[] found =
        new NearDuplicates(directory, 2, 10_000)
            .survivors(VectorSource.of(vectors), safe, threshold, () -> false)
            .indexes();

    assertThat(found).containsExactly(Exhaustive.survivors(vectors, safe, threshold));
  }

  @Property(tries = 150)
  void ofMixedShapes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 130) int dimension,
      @ForAll @IntRange(max = 300) int count,
      @ForAll @IntRange(max = 20) int safe,
      @ForAll @DoubleRange(min = 0.1, max = 1) double threshold) {
    Shapes shapes = new Shapes(seed, dimension);
    List<float[]> vectors = new ArrayList<>(shapes.scattered(count / 3));
    vectors.addAll(shapes.clustered(count / 3, 1 + count / 20));
    vectors.addAll(shapes.atTheEdge(count / 6, threshold));
    vectors.addAll(vectors.subList(0, vectors.size() / 4)); // the very same again
    Collections.shuffle(vectors, new Random(seed));

    agrees(vectors, safe, threshold);
  }

  @Property(tries = 60)
  void atTheEdgeOfTheThreshold(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 400) int dimension,
      @ForAll @DoubleRange(min = 0.5, max = 0.99) double threshold) {
    agrees(new Shapes(seed, dimension).atTheEdge(100, threshold), 0, threshold);
  }

  @Property(tries = 20)
  void whereAllAreAlmostNearEnough(
      @ForAll long seed, @ForAll @IntRange(min = 3, max = 400) int dimension) {
    agrees(new Shapes(seed, dimension).almost(300, 0.95), 0, 0.95);
  }
}
