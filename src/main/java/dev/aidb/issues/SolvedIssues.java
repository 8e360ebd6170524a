package dev.aidb.issues;

import dev.aidb.operation.Caller;
import java.util.List;
import java.util.UUID;

/** The collection of solutions that clients keep. Thread-safe. */
@FunctionalInterface
public interface SolvedIssues {
  /**
   * A solution that was found.
   *
   * @param document its document
   * @param title what it solves
   * @param solution how
   * @param similarity the cosine to what was asked, 0 to 1
   */
  record Solved(UUID document, String title, String solution, double similarity) {}

  /**
   * The solutions most similar to a description of an error, the best first.
   *
   * @return nothing when the caller may not see them
   * @throws dev.aidb.core.AidbException UNAVAILABLE and the like when they can't be searched
   */
  List<Solved> similarTo(String description, Caller caller, int limit);

  /** No solutions. */
  static SolvedIssues none() {
    return (description, caller, limit) -> List.of();
  }
}
