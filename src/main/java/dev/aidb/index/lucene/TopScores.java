package dev.aidb.index.lucene;

import java.util.Arrays;
import org.apache.lucene.util.NumericUtils;

/**
 * The best of many scored slots. A slot and its score are packed into one long that orders by
 * score, then by slot, lowest last; pruning sorts a buffer of twice the size wanted, which is
 * cheaper than a heap.
 */
final class TopScores {
  /** A buffer begins no larger than this, and grows when it must. */
  private static final int CAPACITY_FIRST = 8_192;

  private final int wanted;
  private final boolean withTies;
  private long[] keys;
  private int size;
  private float floor = Float.NEGATIVE_INFINITY;

  private TopScores(int wanted, boolean withTies) {
    this.wanted = wanted;
    this.withTies = withTies;
    this.keys = new long[Math.clamp(2L * wanted, 256, CAPACITY_FIRST)];
  }

  /** At most that many; of equal scores, the slots offered first. */
  static TopScores strict(int wanted) {
    return new TopScores(wanted, false);
  }

  /** That many, and all whose score equals the last one's. */
  static TopScores withTies(int wanted) {
    return new TopScores(wanted, true);
  }

  /** A score below this can't be among the best any more. */
  float floor() {
    return floor;
  }

  /** Slots must be offered in ascending order. */
  void offer(float score, int slot) {
    if (score < floor || (score == floor && !withTies)) {
      return;
    }
    if (size == keys.length) {
      prune();
      if (size > keys.length / 4 * 3) {
        keys = Arrays.copyOf(keys, 2 * keys.length);
      }
      if (score < floor || (score == floor && !withTies)) {
        return;
      }
    }
    keys[size++] = key(score, slot);
  }

  private void prune() {
    if (size < wanted) {
      return;
    }
    select(keys, size, wanted);
    floor = score(keys[wanted - 1]);
    int kept = wanted;
    for (int i = wanted; withTies && i < size; i++) {
      if (score(keys[i]) == floor) {
        keys[kept++] = keys[i];
      }
    }
    size = kept;
  }

  /** Moves the greatest to the front, the least of them to their end. */
  private static void select(long[] keys, int size, int greatest) {
    int target = greatest - 1;
    int low = 0;
    int high = size - 1;
    while (low < high) {
      long pivot = median(keys[low], keys[(low + high) >>> 1], keys[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] > pivot) {
          i++;
        }
        while (keys[j] < pivot) {
          j--;
        }
        if (i <= j) {
          long key = keys[i];
          keys[i++] = keys[j];
          keys[j--] = key;
        }
      }
      if (target <= j) {
        high = j;
      } else if (target >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  /** The best, first one first. */
  long[] best() {
    long[] best = unordered();
    sort(best);
    return best;
  }

  /** The best, in no order. */
  long[] unordered() {
    prune();
    return Arrays.copyOf(keys, size);
  }

  /** Sorts keys, best first. */
  static void sort(long[] keys) {
    Arrays.sort(keys);
    for (int i = 0, j = keys.length - 1; i < j; i++, j--) {
      long key = keys[i];
      keys[i] = keys[j];
      keys[j] = key;
    }
  }

  static long key(float score, int slot) {
    // Adding zero turns -0.0 into 0.0, which it equals.
    return (long) NumericUtils.floatToSortableInt(score + 0f) << 32 | (~slot & 0xFFFF_FFFFL);
  }

  static float score(long key) {
    return NumericUtils.sortableIntToFloat((int) (key >> 32));
  }

  static int slot(long key) {
    return ~(int) key;
  }
}
