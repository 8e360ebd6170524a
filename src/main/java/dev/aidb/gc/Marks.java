package dev.aidb.gc;

import java.util.List;

/** Says of items of a plan that they are over. */
@FunctionalInterface
interface Marks {
  /**
   * @param done carried out, or else skipped
   */
  void mark(List<Item> items, boolean done);
}
