package dev.aidb.similarity;

import java.util.Arrays;

/**
 * Looks for the first survivor that some vectors of a block are close to. For one thread.
 *
 * <p>Four filters of growing cost, each of which only rules out what lies below the threshold for
 * certain: the coarse bound, the fine bound, a dot product in single precision, and then the cosine
 * that decides.
 */
final class Probe {
  /**
   * More than what rounding takes from a bound: 33 products of single precision, each off by at
   * most 2⁻²³ of itself, and the roundings of its factors.
   */
  private static final double BOUND_SLACK = 1e-5;

  /** More than what rounding can do to each product of a dot product in single precision. */
  private static final double PRODUCT_SLACK = 0x1p-22;

  private final SpilledVectors vectors;
  private final Projections projections;
  private final Standing standing;
  private final double threshold;
  private final int width;
  private final float floor;
  private final float dotFloor;
  private final float[] quad;
  private final int[] hits = new int[Kernels.QUAD * Standing.CHUNK];
  private final float[][] quadVectors;
  private final float[] other;

  Probe(
      SpilledVectors vectors,
      Projections projections,
      Standing standing,
      int width,
      double threshold) {
    this.vectors = vectors;
    this.projections = projections;
    this.standing = standing;
    this.threshold = threshold;
    this.width = width;
    this.floor = (float) (threshold - BOUND_SLACK);
    // Vectors may be a hundredth too long or too short.
    this.dotFloor = (float) (threshold * 0.98 - vectors.dimension() * PRODUCT_SLACK);
    this.quad = new float[Kernels.QUAD * width];
    this.quadVectors = new float[Kernels.QUAD][vectors.dimension()];
    this.other = new float[vectors.dimension()];
  }

  /** Vectors of the block that still have found nobody, and what the others found. */
  static final class Open {
    private final int blockStart;
    private final int[] rows;
    private final Survivors result;
    private int count;

    /**
     * Rows {@code from} to {@code to} of the block that begins with vector {@code blockStart}.
     *
     * @param result takes what is found
     */
    Open(int blockStart, int from, int to, Survivors result) {
      this.blockStart = blockStart;
      this.rows = new int[to - from];
      this.result = result;
      for (int row = from; row < to; row++) {
        rows[count++] = row;
      }
    }

    private int index(int at) {
      return blockStart + rows[at];
    }

    private boolean found(int at) {
      return !result.survives(index(at));
    }

    private void dropFound() {
      int kept = 0;
      for (int at = 0; at < count; at++) {
        if (!found(at)) {
          rows[kept++] = rows[at];
        }
      }
      count = kept;
    }
  }

  /** Compares with the survivors of whole chunks, up to the given number of survivors. */
  void search(Open open, int fromChunk, Runnable check) {
    for (int number = fromChunk; number < standing.chunks() && open.count > 0; number++) {
      check.run();
      searchTiles(open, number, 0);
    }
  }

  /** Compares with the survivors from that number on, and some that stand just before it. */
  void searchFrom(Open open, int survivor) {
    int first = survivor / Standing.CHUNK;
    for (int number = first; number < standing.chunks() && open.count > 0; number++) {
      int tile = number == first ? survivor % Standing.CHUNK / Kernels.TILE : 0;
      searchTiles(open, number, tile);
    }
  }

  private void searchTiles(Open open, int number, int fromTile) {
    Standing.Chunk chunk = standing.chunk(number);
    for (int at = 0; at < open.count; at += Kernels.QUAD) {
      int size = Math.min(Kernels.QUAD, open.count - at);
      gather(open, at, size);
      int count =
          Kernels.BEST.hits(
              chunk.tiles(), fromTile, standing.tiles(number), width, quad, floor, hits);
      for (int hit = 0; hit < count; hit++) {
        int member = at + hits[hit] % Kernels.QUAD;
        if (!open.found(member)) {
          judge(open, member, hits[hit] % Kernels.QUAD, chunk, hits[hit] / Kernels.QUAD);
        }
      }
    }
    open.dropFound();
  }

  private void gather(Open open, int at, int size) {
    for (int i = 0; i < size; i++) {
      System.arraycopy(projections.coarse(), open.rows[at + i] * width, quad, i * width, width);
      quadVectors[i][0] = Float.NaN; // not read yet
    }
    Arrays.fill(quad, size * width, quad.length, 0);
  }

  private void judge(Open open, int member, int slot, Standing.Chunk chunk, int position) {
    int row = open.rows[member];
    float bound =
        Kernels.BEST.dot(
            projections.fine(), row * Basis.WIDTH, chunk.fine(), position * Basis.WIDTH);
    if (bound < floor) {
      return;
    }
    float[] vector = quadVectors[slot];
    int index = open.index(member);
    if (Float.isNaN(vector[0])) {
      vectors.read(index, vector);
    }
    int survivor = chunk.indexes()[position];
    if (Kernels.BEST.dot(vectors.rows(), vectors.offset(survivor), vector) < dotFloor) {
      return;
    }
    vectors.read(survivor, other);
    double cosine = Cosine.of(other, vector);
    if (cosine > threshold) {
      open.result.indexes()[index] = survivor;
      open.result.cosines()[index] = cosine;
    }
  }
}
