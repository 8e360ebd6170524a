package dev.aidb.index.lucene;

import dev.aidb.index.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Vectors that lie in clusters around a common bias, as embeddings do. */
final class TestVectors {
  private TestVectors() {}

  static List<float[]> clustered(long seed, int count, int dimension) {
    Samples samples = new Samples(seed, dimension);
    Random random = new Random(seed);
    float[] bias = samples.vector();
    List<float[]> centres = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      centres.add(samples.near(bias, 1.5));
    }
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vectors.add(samples.near(centres.get(random.nextInt(centres.size())), 0.6));
    }
    return vectors;
  }
}
