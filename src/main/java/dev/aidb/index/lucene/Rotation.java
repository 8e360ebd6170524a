package dev.aidb.index.lucene;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A fixed random rotation per dimension, which spreads a vector's information evenly over its
 * signs. Rounds of random sign flips and fast Hadamard transforms take O(n log n) instead of the n²
 * of a dense matrix; where the length is no power of two, rounds alternate between its first and
 * its last entries, as many as the greatest power of two below, so that they overlap.
 */
final class Rotation {
  private static final int ROUNDS = 4;
  private static final int EIGHT = 8;
  private static final long SEED = 0x5EED_A1DBL;
  private static final ConcurrentHashMap<Integer, Rotation> BY_LENGTH = new ConcurrentHashMap<>();

  private final int length;
  private final int block;
  private final float scale;
  private final float[][] signs;

  private Rotation(int length) {
    this.length = length;
    this.block = Integer.highestOneBit(length);
    this.scale = (float) (1 / Math.sqrt(block));
    this.signs = new float[ROUNDS][length];
    SplittableRandom random = new SplittableRandom(SEED + length);
    for (float[] round : signs) {
      for (int i = 0; i < length; i++) {
        round[i] = random.nextBoolean() ? 1 : -1;
      }
    }
  }

  /** The rotation for vectors of a dimension; at most 64 of them exist, as many as lengths. */
  static Rotation of(int dimension) {
    return BY_LENGTH.computeIfAbsent(length(dimension), Rotation::new);
  }

  /** A dimension filled up to whole words of 64 signs. */
  static int length(int dimension) {
    return (dimension + 63) / 64 * 64;
  }

  /** The rotated vector, of the filled-up length and the same norm. */
  float[] rotate(float[] vector) {
    float[] rotated = new float[length];
    rotate(vector, rotated);
    return rotated;
  }

  /** Overwrites {@code rotated}, which has the filled-up length. */
  void rotate(float[] vector, float[] rotated) {
    System.arraycopy(vector, 0, rotated, 0, vector.length);
    Arrays.fill(rotated, vector.length, length, 0);
    for (int round = 0; round < ROUNDS; round++) {
      flip(rotated, signs[round]);
      hadamard(rotated, round % 2 == 0 ? 0 : length - block, block, scale);
    }
  }

  private static void flip(float[] values, float[] signs) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= signs[i];
    }
  }

  private static void hadamard(float[] values, int from, int count, float scale) {
    for (int at = from; at < from + count; at += EIGHT) {
      eight(values, at);
    }
    for (int half = EIGHT; half < count; half *= 2) {
      Kernels.BEST.butterflies(values, from, count, half);
    }
    for (int i = from; i < from + count; i++) {
      values[i] *= scale;
    }
  }

  /** The first three stages of eight values, without a way through memory between them. */
  private static void eight(float[] values, int at) {
    float a = values[at] + values[at + 1];
    float b = values[at] - values[at + 1];
    float c = values[at + 2] + values[at + 3];
    float d = values[at + 2] - values[at + 3];
    float e = values[at + 4] + values[at + 5];
    float f = values[at + 4] - values[at + 5];
    float g = values[at + 6] + values[at + 7];
    float h = values[at + 6] - values[at + 7];
    float ac = a + c;
    float bd = b + d;
    float aLessC = a - c;
    float bLessD = b - d;
    float eg = e + g;
    float fh = f + h;
    float eLessG = e - g;
    float fLessH = f - h;
    values[at] = ac + eg;
    values[at + 1] = bd + fh;
    values[at + 2] = aLessC + eLessG;
    values[at + 3] = bLessD + fLessH;
    values[at + 4] = ac - eg;
    values[at + 5] = bd - fh;
    values[at + 6] = aLessC - eLessG;
    values[at + 7] = bLessD - fLessH;
  }
}
