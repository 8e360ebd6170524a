package dev.aidb.similarity;

import java.util.Arrays;
import java.util.List;

/** The same by comparing each with every survivor before it. */
final class Exhaustive {
  private Exhaustive() {}

  static int[] survivors(List<float[]> vectors, int safe, double threshold) {
    int[] survivors = new int[vectors.size()];
    int[] standing = new int[vectors.size()];
    int count = 0;
    Arrays.setAll(survivors, i -> i);
    for (int i = 0; i < survivors.length; i++) {
      for (int k = 0; i >= safe && survivors[i] == i && k < count; k++) {
        if (Cosine.of(vectors.get(standing[k]), vectors.get(i)) > threshold) {
          survivors[i] = standing[k];
        }
      }
      if (survivors[i] == i) {
        standing[count++] = i;
      }
    }
    return survivors;
  }
}
