package dev.aidb.similarity;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops. They only rule pairs out, by bounds that leave room for rounding, so their
 * operations may come in any order.
 */
interface Kernels {
  /** Vectors that lie side by side, coordinate by coordinate. */
  int TILE = 32;

  /** Vectors that are compared with a tile at once. */
  int QUAD = 4;

  /** The fastest for this machine and these modules. */
  Kernels BEST = best();

  /**
   * Of all pairs of four vectors and those of some tiles, the ones whose dot product reaches the
   * floor.
   *
   * @param tiles entry {@code (tile * width + k) * TILE + lane}
   * @param quad entry {@code vector * width + k}
   * @param hits takes {@code (tile * TILE + lane) * QUAD + vector} for each; for one vector in
   *     ascending order
   * @return how many hits
   */
  int hits(
      float[] tiles, int fromTile, int toTile, int width, float[] quad, float floor, int[] hits);

  /** The dot product of {@link Basis#WIDTH} numbers of each. */
  float dot(float[] a, int aFrom, float[] b, int bFrom);

  /** The dot product of a vector and as many little-endian floats from that byte on. */
  float dot(MemorySegment vectors, long offset, float[] vector);

  /** Overwrites {@code along} with the vector's dot products with the {@link Basis#columns}. */
  void project(float[] vector, double[] columns, double[] along);

  private static Kernels best() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? new VectorKernels()
        : new ScalarKernels();
  }
}
