package dev.aidb.context;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How much each term of a question tells among what was found for it: a term that is in nearly all
 * of it tells little (BM25's idf over the texts).
 */
final class TermWeights {
  private final Map<String, Double> weights = new HashMap<>();
  private final double sum;

  private TermWeights(Set<String> terms, List<Set<String>> texts) {
    double total = 0;
    for (String term : terms) {
      long in = texts.stream().filter(text -> text.contains(term)).count();
      double weight = Math.log1p((texts.size() - in + 0.5) / (in + 0.5));
      weights.put(term, weight);
      total += weight;
    }
    this.sum = total;
  }

  static TermWeights among(Question question, Collection<Passage> passages) {
    return new TermWeights(question.terms(), passages.stream().map(TermWeights::terms).toList());
  }

  /** The terms of a passage, its title's included. */
  static Set<String> terms(Passage passage) {
    Set<String> terms = new HashSet<>(Terms.all(passage.title()));
    terms.addAll(Terms.all(passage.text()));
    return terms;
  }

  /** What share of the question's weight these terms hold, 0..1. */
  double coverage(Set<String> terms) {
    return sum == 0 ? 0 : weight(terms) / sum;
  }

  /** The weights of those of the question's terms that are among these, together. */
  double weight(Set<String> terms) {
    double found = 0;
    for (Map.Entry<String, Double> entry : weights.entrySet()) {
      found += terms.contains(entry.getKey()) ? entry.getValue() : 0;
    }
    return found;
  }
}
