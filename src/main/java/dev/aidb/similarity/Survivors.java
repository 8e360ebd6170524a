package dev.aidb.similarity;

/**
 * Who falls to whom.
 *
 * @param indexes for each vector the index of the survivor that it falls to, its own if it survives
 * @param cosines for each vector its cosine with that survivor, 1 if it survives itself
 */
@SuppressWarnings("ArrayRecordComponent") // millions of numbers; never compared
public record Survivors(int[] indexes, double[] cosines) {
  /** Whether that vector survives. */
  public boolean survives(int index) {
    return indexes[index] == index;
  }
}
