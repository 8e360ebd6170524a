package dev.aidb.similarity;

import java.util.ArrayList;
import java.util.List;

/**
 * The survivors so far, in order, by chunks that a core's own cache holds. Only ever grows, by one
 * thread; others read while it doesn't.
 */
final class Standing {
  /** Survivors to a chunk. */
  static final int CHUNK = 4096;

  private final int width;
  private final List<Chunk> chunks = new ArrayList<>();
  private int count;

  /**
   * @param width the numbers of a coarse projection
   */
  Standing(int width) {
    this.width = width;
  }

  /**
   * @param tiles coarse projections as {@link Kernels#hits} wants them; what isn't filled is zero,
   *     and so below every floor
   * @param fine {@link Basis#WIDTH} numbers for each
   * @param indexes which vectors they are
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Chunk(float[] tiles, float[] fine, int[] indexes) {}

  int count() {
    return count;
  }

  /** How many chunks there are; all but the last are full. */
  int chunks() {
    return chunks.size();
  }

  Chunk chunk(int number) {
    return chunks.get(number);
  }

  /** How many tiles of that chunk hold survivors. */
  int tiles(int number) {
    int held = Math.min(CHUNK, count - number * CHUNK);
    return (held + Kernels.TILE - 1) / Kernels.TILE;
  }

  void add(int index, Projections projections, int row) {
    if (count == chunks.size() * CHUNK) {
      chunks.add(
          new Chunk(new float[CHUNK * width], new float[CHUNK * Basis.WIDTH], new int[CHUNK]));
    }
    Chunk chunk = chunks.getLast();
    int position = count % CHUNK;
    int tile = position / Kernels.TILE;
    int lane = position % Kernels.TILE;
    for (int k = 0; k < width; k++) {
      chunk.tiles()[(tile * width + k) * Kernels.TILE + lane] =
          projections.coarse()[row * width + k];
    }
    System.arraycopy(
        projections.fine(), row * Basis.WIDTH, chunk.fine(), position * Basis.WIDTH, Basis.WIDTH);
    chunk.indexes()[position] = index;
    count++;
  }
}
