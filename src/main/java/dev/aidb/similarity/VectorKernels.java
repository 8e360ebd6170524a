package dev.aidb.similarity;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** On the widest registers the machine has, 128 to 512 bits. */
final class VectorKernels implements Kernels {
  /** Two of them make at most a tile. */
  private static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > TILE / 2
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private static final VectorSpecies<Double> DOUBLES =
      DoubleVector.SPECIES_PREFERRED.length() > Basis.WIDTH / 4
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;

  private static final int LANES = FLOATS.length();
  private static final int WIDE = DOUBLES.length();
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

  @Override
  public int hits(
      float[] tiles, int fromTile, int toTile, int width, float[] quad, float floor, int[] hits) {
    int count = 0;
    for (int tile = fromTile; tile < toTile; tile++) {
      for (int lane = 0; lane < TILE; lane += 2 * LANES) {
        int at = tile * width * TILE + lane;
        count = hits(tiles, at, width, quad, floor, hits, count, tile * TILE + lane);
      }
    }
    return count;
  }

  /** Eight sums at a time: as many as hide the latency of a multiplication. */
  private static int hits(
      float[] tiles,
      int at,
      int width,
      float[] quad,
      float floor,
      int[] hits,
      int count,
      int position) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    for (int k = 0; k < width; k++) {
      FloatVector x = FloatVector.fromArray(FLOATS, tiles, at + k * TILE);
      FloatVector y = FloatVector.fromArray(FLOATS, tiles, at + k * TILE + LANES);
      FloatVector q0 = FloatVector.broadcast(FLOATS, quad[k]);
      FloatVector q1 = FloatVector.broadcast(FLOATS, quad[width + k]);
      FloatVector q2 = FloatVector.broadcast(FLOATS, quad[2 * width + k]);
      FloatVector q3 = FloatVector.broadcast(FLOATS, quad[3 * width + k]);
      a0 = x.fma(q0, a0);
      b0 = y.fma(q0, b0);
      a1 = x.fma(q1, a1);
      b1 = y.fma(q1, b1);
      a2 = x.fma(q2, a2);
      b2 = y.fma(q2, b2);
      a3 = x.fma(q3, a3);
      b3 = y.fma(q3, b3);
    }
    FloatVector most = a0.max(a1).max(a2.max(a3)).max(b0.max(b1).max(b2.max(b3)));
    if (!most.compare(VectorOperators.GE, floor).anyTrue()) {
      return count;
    }
    int found = count;
    found = add(reached(a0, b0, floor), position, 0, hits, found);
    found = add(reached(a1, b1, floor), position, 1, hits, found);
    found = add(reached(a2, b2, floor), position, 2, hits, found);
    return add(reached(a3, b3, floor), position, 3, hits, found);
  }

  private static long reached(FloatVector a, FloatVector b, float floor) {
    long low = a.compare(VectorOperators.GE, floor).toLong();
    long high = b.compare(VectorOperators.GE, floor).toLong();
    return low | high << LANES;
  }

  private static int add(long reached, int position, int vector, int[] hits, int count) {
    int found = count;
    for (long rest = reached; rest != 0; rest &= rest - 1) {
      hits[found++] = (position + Long.numberOfTrailingZeros(rest)) * QUAD + vector;
    }
    return found;
  }

  @Override
  public float dot(float[] a, int aFrom, float[] b, int bFrom) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int k = 0; k < Basis.WIDTH; k += LANES) {
      sum =
          FloatVector.fromArray(FLOATS, a, aFrom + k)
              .fma(FloatVector.fromArray(FLOATS, b, bFrom + k), sum);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public float dot(MemorySegment vectors, long offset, float[] vector) {
    int whole = vector.length - vector.length % (2 * LANES);
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    for (int i = 0; i < whole; i += 2 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      a =
          FloatVector.fromMemorySegment(FLOATS, vectors, at, LITTLE)
              .fma(FloatVector.fromArray(FLOATS, vector, i), a);
      b =
          FloatVector.fromMemorySegment(FLOATS, vectors, at + FLOATS.vectorByteSize(), LITTLE)
              .fma(FloatVector.fromArray(FLOATS, vector, i + LANES), b);
    }
    float rest = 0;
    for (int i = whole; i < vector.length; i++) {
      rest += vectors.get(SpilledVectors.FLOAT, offset + (long) i * Float.BYTES) * vector[i];
    }
    return a.add(b).reduceLanes(VectorOperators.ADD) + rest;
  }

  @Override
  public void project(float[] vector, double[] columns, double[] along) {
    for (int k = 0; k < Basis.WIDTH; k += 4 * WIDE) {
      project(vector, columns, along, k);
    }
  }

  private static void project(float[] vector, double[] columns, double[] along, int k) {
    DoubleVector a = DoubleVector.zero(DOUBLES);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    for (int i = 0; i < vector.length; i++) {
      int at = i * Basis.WIDTH + k;
      DoubleVector x = DoubleVector.broadcast(DOUBLES, vector[i]);
      a = DoubleVector.fromArray(DOUBLES, columns, at).fma(x, a);
      b = DoubleVector.fromArray(DOUBLES, columns, at + WIDE).fma(x, b);
      c = DoubleVector.fromArray(DOUBLES, columns, at + 2 * WIDE).fma(x, c);
      d = DoubleVector.fromArray(DOUBLES, columns, at + 3 * WIDE).fma(x, d);
    }
    a.intoArray(along, k);
    b.intoArray(along, k + WIDE);
    c.intoArray(along, k + 2 * WIDE);
    d.intoArray(along, k + 3 * WIDE);
  }
}
