package dev.aidb.context;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses passages that say different things: maximal marginal relevance (Carbonell and Goldstein,
 * SIGIR 1998), and never two that are closer than a limit.
 */
final class Diversity {
  /** No two chosen passages have a greater cosine. */
  static final double CLOSEST = 0.9;

  /**
   * Nothing chosen has a greater cosine with what the reader has already. That is greater, because
   * what is held was chosen for another question: of two descriptions that differ in a name alone,
   * the one that was asked for must come.
   */
  static final double CLOSEST_TO_HELD = 0.97;

  /** How much relevance weighs against being unlike what is chosen. */
  private static final double RELEVANCE = 0.9;

  private Diversity() {}

  /**
   * @param ranked best first
   * @param held what the reader has already; nothing that says the same is chosen, nor itself
   * @param most how many are chosen at most
   * @return in the order in which they were chosen
   */
  static List<Ranked> choose(List<Ranked> ranked, List<Passage> held, int most) {
    List<Passage> near = new ArrayList<>();
    List<Ranked> left = new ArrayList<>(ranked);
    left.removeIf(other -> closest(other.passage(), held) > CLOSEST_TO_HELD);
    List<Ranked> chosen = new ArrayList<>();
    while (chosen.size() < most && !left.isEmpty()) {
      int best = -1;
      double highest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < left.size(); i++) {
        double closest = closest(left.get(i).passage(), near);
        double worth = RELEVANCE * left.get(i).relevance() - (1 - RELEVANCE) * closest;
        if (closest <= CLOSEST && worth > highest) {
          best = i;
          highest = worth;
        }
      }
      if (best < 0) {
        break;
      }
      Ranked next = left.remove(best);
      chosen.add(next);
      near.add(next.passage());
    }
    return chosen;
  }

  private static double closest(Passage passage, List<Passage> others) {
    double closest = 0;
    for (Passage other : others) {
      closest = Math.max(closest, likeness(passage, other));
    }
    return closest;
  }

  /** The cosine; of vectors that can't be compared, the share of words in common. */
  static double likeness(Passage a, Passage b) {
    if (a.id().equals(b.id()) || a.text().equals(b.text())) {
      return 1;
    }
    return a.embedding().length == b.embedding().length
        ? dot(a.embedding(), b.embedding())
        : jaccard(Terms.all(a.text()), Terms.all(b.text()));
  }

  private static double jaccard(Set<String> a, Set<String> b) {
    Set<String> both = new HashSet<>(a);
    both.retainAll(b);
    int union = a.size() + b.size() - both.size();
    return union == 0 ? 0 : (double) both.size() / union;
  }

  /** Of vectors of the same length; both L2-normalised, so that it is their cosine. */
  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
