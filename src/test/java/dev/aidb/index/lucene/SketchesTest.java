package dev.aidb.index.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.aidb.index.IndexModel;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SketchesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 100, 384, 1_536})
  void aRotationKeepsDotProducts(int dimension) {
    List<float[]> vectors = TestVectors.clustered(3, 2, dimension);
    Rotation rotation = Rotation.of(dimension);
    float[] a = rotation.rotate(vectors.get(0));
    float[] b = rotation.rotate(vectors.get(1));
    assertThat(a).hasSize(Rotation.length(dimension));
    assertThat(IndexModel.cosine(a, b))
        .isCloseTo(IndexModel.cosine(vectors.get(0), vectors.get(1)), within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 384, 1_536})
  void estimatesAreUnbiasedAndNear(int dimension) throws IOException {
    List<float[]> vectors = TestVectors.clustered(5, 1_003, dimension);
    float[] query = TestVectors.clustered(5, 1_100, dimension).getLast();
    float[] estimates = estimates(new VectorKernels(), dimension, vectors, query);
    double error = 0;
    double squared = 0;
    for (int i = 0; i < vectors.size(); i++) {
      double difference = estimates[i] - IndexModel.cosine(vectors.get(i), query);
      error += difference;
      squared += difference * difference;
    }
    assertThat(Math.sqrt(squared / vectors.size())).isLessThan(1 / Math.sqrt(dimension));
    assertThat(error / vectors.size()).isCloseTo(0, within(0.5 / Math.sqrt(dimension)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 384, 1_536})
  void scalarAndVectorEstimatesAreTheSameBitForBit(int dimension) throws IOException {
    List<float[]> vectors = TestVectors.clustered(9, 333, dimension);
    float[] query = vectors.getLast();
    assertThat(estimates(new VectorKernels(), dimension, vectors, query))
        .isEqualTo(estimates(new ScalarKernels(), dimension, vectors, query));
  }

  @Test
  void equalVectorsAreEstimatedAlikeAndExactly() throws IOException {
    float[] vector = TestVectors.clustered(1, 1, 384).getFirst();
    float[] query = TestVectors.clustered(2, 1, 384).getFirst();
    float[] estimates = estimates(new VectorKernels(), 384, Collections.nCopies(20, vector), query);
    for (int i = 0; i < 20; i++) {
      assertThat((double) estimates[i]).isCloseTo(IndexModel.cosine(vector, query), within(1e-4));
    }
  }

  @Test
  void lanesWithoutAVectorAreNeverChosen() throws IOException {
    List<float[]> vectors = TestVectors.clustered(1, 3, 384);
    float[] estimates = estimates(new VectorKernels(), 384, vectors, vectors.getFirst());
    for (int i = 3; i < estimates.length; i++) {
      assertThat(estimates[i]).isEqualTo(Float.NEGATIVE_INFINITY);
    }
  }

  private static float[] estimates(
      Kernels kernels, int dimension, List<float[]> vectors, float[] query) throws IOException {
    Sketches sketches = Sketches.of(dimension, sink -> vectors.forEach(sink::accept));
    assertThat(sketches.size()).isEqualTo(vectors.size());
    int lanes = sketches.blocks() * Sketches.BLOCK;
    float[] estimates = new float[lanes];
    sketches.estimate(
        kernels,
        sketches.query(Rotation.of(dimension).rotate(query)),
        IntStream.range(0, sketches.blocks()).toArray(),
        sketches.blocks(),
        new long[lanes],
        estimates);
    return estimates;
  }
}
