package dev.aidb.similarity;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Vectors one after the other, in the order in which they survive. */
public interface VectorSource {
  /** How many numbers a vector has. */
  int dimension();

  /**
   * Overwrites {@code vector} with the next one, L2-normalised.
   *
   * @param vector of the dimension's length
   * @return whether there was another
   */
  boolean next(float[] vector);

  /** Vectors that are in memory already; all of one dimension. */
  static VectorSource of(List<float[]> vectors) {
    Iterator<float[]> rest = vectors.iterator();
    int dimension = vectors.isEmpty() ? 1 : vectors.getFirst().length;
    return new VectorSource() {
      @Override
      public int dimension() {
        return dimension;
      }

      @Override
      public boolean next(float[] vector) {
        if (!rest.hasNext()) {
          return false;
        }
        float[] given = rest.next();
        if (given.length != dimension) {
          throw new IllegalArgumentException("the vectors differ in length");
        }
        System.arraycopy(given, 0, vector, 0, dimension);
        return true;
      }
    };
  }

  /** As {@link #of(List)}. */
  static VectorSource of(float[]... vectors) {
    return of(Arrays.asList(vectors));
  }
}
