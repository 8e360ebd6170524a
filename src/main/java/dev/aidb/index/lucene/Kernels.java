package dev.aidb.index.lucene;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of the dense arm. Each is a pure function whose floating-point operations come in
 * a fixed order, so that equal vectors have equal scores bit for bit.
 */
interface Kernels {
  /** How many floats of scratch space {@link #dot} needs. */
  int SCRATCH = 64;

  /** The fastest for this machine and these modules. */
  Kernels BEST = best();

  /**
   * The dot product of a query and as many little-endian floats.
   *
   * @param offset where the floats begin, in bytes
   */
  float dot(MemorySegment vectors, long offset, float[] query, float[] scratch);

  /**
   * For each vector of some blocks of {@link Sketches}, the sum of the query's four-bit levels
   * where the vector's sign is positive.
   *
   * @param bits eight words at a time, one of each vector of a block
   * @param words how many words a vector has
   * @param planes the four bits of the levels, lowest first, {@code words} words each
   * @param dots takes eight sums for each block
   */
  void bitDots(long[] bits, int words, long[] planes, int[] blocks, int count, long[] dots);

  /**
   * One stage of a Hadamard transform in place: of each two values that lie {@code half} apart, the
   * sum and the difference.
   *
   * @param from the first value, and {@code count} how many, a multiple of {@code 2 * half}
   */
  void butterflies(float[] values, int from, int count, int half);

  private static Kernels best() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? new VectorKernels()
        : new ScalarKernels();
  }
}
