package dev.aidb.gc;

import dev.aidb.similarity.Survivors;
import dev.aidb.similarity.VectorSource;
import java.util.function.BooleanSupplier;

/** Finds what is nearly the same among many vectors; {@link dev.aidb.similarity.NearDuplicates}. */
@FunctionalInterface
public interface DuplicateSearch {
  /**
   * Goes through vectors in the order in which they survive. Each falls to the first survivor
   * before it at a cosine above the threshold, or survives where there is none.
   *
   * @param vectors each L2-normalised; read to the end first
   * @param safe so many at the beginning survive whatever they are close to
   * @param threshold strictly below the cosine of duplicates
   * @param stop asked now and then whether to give up
   * @throws java.util.concurrent.CancellationException when told to stop
   */
  Survivors survivors(VectorSource vectors, int safe, double threshold, BooleanSupplier stop);
}
