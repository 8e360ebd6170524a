package dev.aidb.context;

import java.util.List;

/**
 * How likely a context answers its question, 0 to 1: three fifths from how relevant its best source
 * is, two fifths from how much of the question its sources cover (by the weight of its words). 0
 * where nothing was found. It is an estimate from likeness alone: nobody has checked the sources.
 */
final class Confidence {
  private static final double RELEVANCE = 0.6;
  private static final double COVERAGE = 0.4;

  /** The relevance of what has nothing to do with a question, and that of a very good answer. */
  private static final double NONE = 0.15;

  private static final double FULL = 0.6;

  private Confidence() {}

  static double of(Prompt prompt, List<Ranked> ranked, TermWeights weights) {
    double best =
        ranked.stream()
            .filter(one -> prompt.holds(one.passage().id()))
            .mapToDouble(Ranked::relevance)
            .max()
            .orElse(0);
    return prompt.quotes().isEmpty()
        ? 0
        : rounded(
            RELEVANCE * evidence(best) + COVERAGE * weights.coverage(Suggestions.termsOf(prompt)));
  }

  /** A relevance on a scale from what is unrelated, 0, to a very good answer, 1. */
  static double evidence(double relevance) {
    return Math.clamp((relevance - NONE) / (FULL - NONE), 0, 1);
  }

  static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
