package dev.aidb.context;

/**
 * A passage that may bear on the question.
 *
 * @param cosine of the question's vector and the passage's, -1..1; 0 where there is no telling
 * @param words how well its words match, 0..1: s / (s + 10) of the BM25 score s
 */
record Candidate(Passage passage, double cosine, double words) {
  /** What decides who is looked at closer. */
  double promise() {
    return Math.max(0, cosine) + words;
  }
}
