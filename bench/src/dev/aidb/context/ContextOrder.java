package dev.aidb.context;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/**
 * The order in which a context takes up what was found, for measuring it. In this package, because
 * its stages aren't public.
 */
public final class ContextOrder {
  private static final int WANTED = 10;

  private ContextOrder() {}

  /** A record that was found, with its BM25 score (0 for none). */
  public record Found(UUID id, String title, String content, float[] embedding, double bm25) {
    private Candidate candidate(float[] query) {
      Passage passage =
          new Passage(
              id, id, "0", "quality", "", title, content, false, embedding, Instant.EPOCH,
              OptionalDouble.empty(), Optional.empty());
      return new Candidate(passage, Diversity.dot(query, embedding), bm25 / (bm25 + 10));
    }
  }

  /** The first records after reranking, and after diversification too where that is asked for. */
  public static List<UUID> of(
      String query, float[] vector, List<Found> found, boolean diversified) {
    List<Candidate> candidates = found.stream().map(one -> one.candidate(vector)).toList();
    Question question = Question.of(query, Optional.of(vector));
    TermWeights weights =
        TermWeights.among(question, candidates.stream().map(Candidate::passage).toList());
    List<Ranked> ranked = new EvidenceReranker().rank(question, weights, candidates);
    List<Ranked> first = ranked.stream().limit(diversified ? WANTED : ranked.size()).toList();
    return (diversified ? Diversity.choose(first, List.of(), WANTED) : first)
        .stream().map(one -> one.passage().id()).toList();
  }
}
