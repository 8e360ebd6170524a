package dev.aidb.context;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The reranker that needs no model of its own: adds up what speaks for a passage. Unlike a search's
 * fused score, which is made of ranks within one collection, each part means the same in all of
 * them. The weights were found on the Cranfield questions; see docs/explanation/context.md.
 */
final class EvidenceReranker implements Reranker {
  private static final double MEANING = 1;
  private static final double WORDS = 1;
  private static final double COVERAGE = 0.1;
  private static final double TITLE = 0.2;
  private static final double ALL = MEANING + WORDS + COVERAGE + TITLE;

  /** What a solution's value, from 0 to 1, adds at most, or takes. */
  private static final double VALUE = 0.05;

  private static final Comparator<Ranked> BEST_FIRST =
      Comparator.comparingDouble(Ranked::relevance)
          .reversed()
          .thenComparing(ranked -> ranked.passage().id().toString());

  @Override
  public List<Ranked> rank(Question question, TermWeights weights, List<Candidate> candidates) {
    List<Ranked> ranked = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      ranked.add(new Ranked(candidate.passage(), relevance(weights, candidate)));
    }
    ranked.sort(BEST_FIRST);
    return ranked;
  }

  private static double relevance(TermWeights weights, Candidate candidate) {
    Passage passage = candidate.passage();
    double sum =
        MEANING * Math.max(0, candidate.cosine())
            + WORDS * candidate.words()
            + COVERAGE * weights.coverage(TermWeights.terms(passage))
            + TITLE * weights.coverage(Terms.all(passage.title()));
    double value = passage.value().isPresent() ? passage.value().getAsDouble() - 0.5 : 0;
    return Math.clamp(sum / ALL + 2 * VALUE * value, 0, 1);
  }
}
