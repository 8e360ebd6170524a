package dev.aidb.similarity;

/**
 * The projections of a block of vectors, row by row.
 *
 * @param coarse {@code width} numbers for each
 * @param fine {@link Basis#WIDTH} numbers for each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Projections(float[] coarse, float[] fine) {
  Projections(int rows, int width) {
    this(new float[rows * width], new float[rows * Basis.WIDTH]);
  }
}
