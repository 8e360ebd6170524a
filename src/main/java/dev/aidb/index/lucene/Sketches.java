package dev.aidb.index.lucene;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.Accountable;
import org.apache.lucene.util.RamUsageEstimator;

/**
 * One bit per dimension of each of a segment's vectors: the signs of the rotated difference from
 * the segment's mean, with what an unbiased estimate of the dot product needs besides (RaBitQ, Gao
 * and Long 2024). With mean {@code m}, rotated difference {@code c} and its signs {@code s}, {@code
 * <q,v> = <q-m,c> + <q-m,m> + <m,v>}, and {@code <q-m,c>} is about {@code <q-m,s> |c|² / |c|₁}.
 *
 * <p>Signs lie in blocks of eight vectors, word by word, so that one load takes the same 64 signs
 * of eight vectors. Immutable and on the heap: 60 bytes a vector of 384 dimensions.
 */
final class Sketches implements Accountable {
  /** Vectors per block. */
  static final int BLOCK = 8;

  private final int size;
  private final float[] mean;
  private final long[] bits;

  /** {@code |c|² / |c|₁}. */
  private final float[] scale;

  /** The scale times the number of positive signs. */
  private final float[] positive;

  /** {@code <m,v>}; negative infinity where a block has no vector. */
  private final float[] offset;

  private Sketches(
      int size, float[] mean, long[] bits, float[] scale, float[] positive, float[] offset) {
    this.size = size;
    this.mean = mean;
    this.bits = bits;
    this.scale = scale;
    this.positive = positive;
    this.offset = offset;
  }

  /** Hands over vectors one by one, the same ones in the same order each time it is asked. */
  interface Source {
    void each(Sink sink) throws IOException;
  }

  /** Takes a vector, which may be overwritten afterwards. */
  interface Sink {
    void accept(float[] vector);
  }

  static Sketches of(int dimension, Source vectors) throws IOException {
    double[] sum = new double[dimension];
    int[] count = new int[1];
    vectors.each(vector -> {
      count[0]++;
      for (int i = 0; i < dimension; i++) {
        sum[i] += vector[i];
      }
    });
    float[] mean = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      mean[i] = count[0] == 0 ? 0 : (float) (sum[i] / count[0]);
    }
    Rotation rotation = Rotation.of(dimension);
    Sketches sketches = empty(count[0], rotation.rotate(mean));
    float[] rotated = new float[sketches.mean.length];
    int[] ordinal = new int[1];
    vectors.each(vector -> {
      rotation.rotate(vector, rotated);
      sketches.set(ordinal[0]++, rotated);
    });
    return sketches;
  }

  private static Sketches empty(int size, float[] mean) {
    int padded = (size + BLOCK - 1) / BLOCK * BLOCK;
    float[] offset = new float[padded];
    Arrays.fill(offset, Float.NEGATIVE_INFINITY);
    return new Sketches(
        size,
        mean,
        new long[Math.multiplyExact(padded, mean.length / Long.SIZE)],
        new float[padded],
        new float[padded],
        offset);
  }

  private void set(int ordinal, float[] rotated) {
    double manhattan = 0;
    double squared = 0;
    double onMean = 0;
    int positives = 0;
    for (int word = 0; word < words(); word++) {
      long signs = 0;
      for (int bit = 0; bit < Long.SIZE; bit++) {
        int i = word * Long.SIZE + bit;
        float difference = rotated[i] - mean[i];
        manhattan += Math.abs(difference);
        squared += (double) difference * difference;
        onMean += (double) rotated[i] * mean[i];
        // The signs are as good as random, so that a branch would be mispredicted half the time.
        // As an integer a float above zero is above zero, one below is below, and -0.0 the least.
        int order = Float.floatToRawIntBits(difference);
        signs |= (long) (-order >>> Integer.SIZE - 1 & ~(order >>> Integer.SIZE - 1)) << bit;
      }
      bits[word(ordinal, word)] = signs;
      positives += Long.bitCount(signs);
    }
    scale[ordinal] = manhattan == 0 ? 0 : (float) (squared / manhattan);
    positive[ordinal] = scale[ordinal] * positives;
    offset[ordinal] = (float) onMean;
  }

  private int word(int ordinal, int word) {
    return (ordinal / BLOCK * words() + word) * BLOCK + ordinal % BLOCK;
  }

  private int words() {
    return mean.length / Long.SIZE;
  }

  int size() {
    return size;
  }

  int blocks() {
    return scale.length / BLOCK;
  }

  /**
   * Estimates the cosine of a query and the vectors of some blocks.
   *
   * @param estimates takes eight for each block, in order
   * @param dots scratch of the same length
   */
  void estimate(
      Kernels kernels, Query query, int[] blocks, int count, long[] dots, float[] estimates) {
    kernels.bitDots(bits, words(), query.planes, blocks, count, dots);
    for (int i = 0; i < count; i++) {
      int at = blocks[i] * BLOCK;
      for (int lane = 0; lane < BLOCK; lane++) {
        estimates[i * BLOCK + lane] =
            scale[at + lane] * (query.step * dots[i * BLOCK + lane] - query.sum)
                + query.lowest * positive[at + lane]
                + offset[at + lane]
                + query.onMean;
      }
    }
  }

  /** A query against these sketches: its rotated difference from the mean in four-bit steps. */
  static final class Query {
    private static final int LEVELS = 15;
    private static final int PLANES = 4;

    private final long[] planes;
    private final float step;
    private final float lowest;
    private final float sum;
    private final float onMean;

    private Query(long[] planes, float step, float lowest, float sum, float onMean) {
      this.planes = planes;
      this.step = step;
      this.lowest = lowest;
      this.sum = sum;
      this.onMean = onMean;
    }
  }

  /**
   * @param rotated the rotated query vector
   */
  Query query(float[] rotated) {
    float[] centred = new float[rotated.length];
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    double onMean = 0;
    for (int i = 0; i < rotated.length; i++) {
      centred[i] = rotated[i] - mean[i];
      low = Math.min(low, centred[i]);
      high = Math.max(high, centred[i]);
      onMean += (double) centred[i] * mean[i];
    }
    float step = (high - low) / Query.LEVELS;
    float perStep = step == 0 ? 0 : 1 / step;
    long[] planes = new long[Query.PLANES * words()];
    long levels = 0;
    for (int i = 0; i < rotated.length; i++) {
      int level = Math.min(Query.LEVELS, Math.round((centred[i] - low) * perStep));
      levels += level;
      for (int plane = 0; plane < Query.PLANES; plane++) {
        planes[plane * words() + i / Long.SIZE] |= (level >> plane & 1L) << (i % Long.SIZE);
      }
    }
    return new Query(
        planes, 2 * step, 2 * low, levels * step + low * rotated.length, (float) onMean);
  }

  void write(IndexOutput out) throws IOException {
    out.writeInt(size);
    writeFloats(out, mean);
    for (long word : bits) {
      out.writeLong(word);
    }
    writeFloats(out, scale);
    writeFloats(out, positive);
    writeFloats(out, offset);
  }

  private static void writeFloats(IndexOutput out, float[] values) throws IOException {
    for (float value : values) {
      out.writeInt(Float.floatToIntBits(value));
    }
  }

  /** How many bytes {@link #write} takes for so many vectors. */
  static long bytes(int dimension, int size) {
    long length = Rotation.length(dimension);
    long padded = (size + BLOCK - 1L) / BLOCK * BLOCK;
    return Integer.BYTES + Float.BYTES * length + padded * (length / Byte.SIZE + 3 * Float.BYTES);
  }

  static Sketches read(IndexInput in, int dimension, int expected) throws IOException {
    int size = in.readInt();
    if (size != expected) {
      throw new CorruptIndexException("sketches and vectors differ in number", in);
    }
    float[] mean = new float[Rotation.length(dimension)];
    in.readFloats(mean, 0, mean.length);
    Sketches sketches = empty(size, mean);
    in.readLongs(sketches.bits, 0, sketches.bits.length);
    in.readFloats(sketches.scale, 0, sketches.scale.length);
    in.readFloats(sketches.positive, 0, sketches.positive.length);
    in.readFloats(sketches.offset, 0, sketches.offset.length);
    return sketches;
  }

  @Override
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(bits)
        + RamUsageEstimator.sizeOf(mean)
        + 3 * RamUsageEstimator.sizeOf(scale);
  }
}
