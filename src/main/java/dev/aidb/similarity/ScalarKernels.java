package dev.aidb.similarity;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** For a virtual machine that runs without the vector module. */
final class ScalarKernels implements Kernels {
  @Override
  public int hits(
      float[] tiles, int fromTile, int toTile, int width, float[] quad, float floor, int[] hits) {
    float[] sums = new float[TILE];
    int count = 0;
    for (int tile = fromTile; tile < toTile; tile++) {
      for (int vector = 0; vector < QUAD; vector++) {
        Arrays.fill(sums, 0);
        for (int k = 0; k < width; k++) {
          float x = quad[vector * width + k];
          int at = (tile * width + k) * TILE;
          for (int lane = 0; lane < TILE; lane++) {
            sums[lane] += x * tiles[at + lane];
          }
        }
        for (int lane = 0; lane < TILE; lane++) {
          if (sums[lane] >= floor) {
            hits[count++] = (tile * TILE + lane) * QUAD + vector;
          }
        }
      }
    }
    return count;
  }

  @Override
  public float dot(float[] a, int aFrom, float[] b, int bFrom) {
    float sum = 0;
    for (int k = 0; k < Basis.WIDTH; k++) {
      sum += a[aFrom + k] * b[bFrom + k];
    }
    return sum;
  }

  @Override
  public float dot(MemorySegment vectors, long offset, float[] vector) {
    float a = 0;
    float b = 0;
    for (int i = 0; i < vector.length; i++) {
      float product =
          vectors.get(SpilledVectors.FLOAT, offset + (long) i * Float.BYTES) * vector[i];
      if ((i & 1) == 0) {
        a += product;
      } else {
        b += product;
      }
    }
    return a + b;
  }

  @Override
  public void project(float[] vector, double[] columns, double[] along) {
    Arrays.fill(along, 0);
    for (int i = 0; i < vector.length; i++) {
      for (int k = 0; k < Basis.WIDTH; k++) {
        along[k] += vector[i] * columns[i * Basis.WIDTH + k];
      }
    }
  }
}
