package dev.aidb.context;

import java.util.List;

/**
 * Looks closer at what a search found and puts it in a better order. An implementation must be
 * thread-safe, deterministic, and quick for 50 candidates.
 */
@FunctionalInterface
interface Reranker {
  /**
   * @return all candidates, best first, ties by the id as text
   */
  List<Ranked> rank(Question question, TermWeights weights, List<Candidate> candidates);
}
