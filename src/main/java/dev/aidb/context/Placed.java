package dev.aidb.context;

import java.util.List;
import java.util.UUID;

/**
 * What a session remembers of a source in its prompt: enough to quote it again in the same words
 * from the rows, and no word of it. So what is deleted, or hidden from the caller, leaves the
 * prompt too.
 *
 * @param id the record
 * @param wide whether it was quoted with its neighbours
 * @param sum of the text that the ends refer to; of another text they mean nothing
 * @param ends the quoted spans' ends, see {@link Excerpt#flat}
 */
record Placed(UUID id, boolean wide, int sum, List<Integer> ends) {
  Placed {
    ends = List.copyOf(ends);
  }
}
