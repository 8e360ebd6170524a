package dev.aidb.context;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether asking on would help. Each query that could fill a gap is looked up; its promise is how
 * good the best source is that the session hasn't been given, on the scale of {@link
 * Confidence#evidence}. The increase is what is missing of the agent's confidence, times the mean
 * promise, times {@link #TRUST}: not all that is found convinces.
 *
 * @param queries those that promise anything, best first
 * @param increase 0..1
 */
record Refinement(List<String> queries, double increase) {
  /** Queries that are looked up at most. */
  static final int MOST = 5;

  private static final double TRUST = 0.6;

  /** A smaller increase isn't worth a turn. */
  private static final double WORTHWHILE = 0.05;

  private static final int TERMS_ALONE = 3;

  /**
   * A query with what it promises, 0..1.
   *
   * @param evidence of the best source for it that is new to the session
   */
  record Promise(String query, double evidence) {}

  Refinement {
    queries = List.copyOf(queries);
  }

  /**
   * The queries that may fill gaps: the gaps as the agent words them, short ones with the words of
   * the question; then those words of the question that the answer doesn't hold.
   */
  static List<String> queries(String question, String response, List<String> gaps) {
    Set<String> queries = new LinkedHashSet<>();
    for (String gap : gaps) {
      boolean alone = question.isEmpty() || Terms.words(gap).size() >= TERMS_ALONE;
      queries.add(alone ? gap.strip() : withSubject(gap.strip(), question));
    }
    String unanswered = Suggestions.uncovered(question, Terms.all(response));
    if (!unanswered.isEmpty()) {
      queries.add(
          Terms.words(unanswered).size() >= TERMS_ALONE
              ? unanswered
              : withSubject(unanswered, question));
    }
    return queries.stream().limit(MOST).toList();
  }

  /** A text with the first telling words of a question that it lacks. */
  private static String withSubject(String text, String question) {
    Set<String> words = new LinkedHashSet<>(Terms.words(question).stream().limit(4).toList());
    words.removeAll(Terms.words(text));
    return text + " " + String.join(" ", words);
  }

  static Refinement of(double confidence, List<Promise> promises) {
    List<Promise> best = new ArrayList<>(promises);
    best.sort(Comparator.comparingDouble(Promise::evidence).reversed());
    double mean = promises.stream().mapToDouble(Promise::evidence).average().orElse(0);
    return new Refinement(
        best.stream().filter(promise -> promise.evidence > 0).map(Promise::query).toList(),
        Confidence.rounded((1 - confidence) * mean * TRUST));
  }

  boolean worthwhile() {
    return increase >= WORTHWHILE;
  }
}
