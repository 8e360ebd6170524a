package dev.aidb.context;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Proposes what to ask next, in words that stand in the knowledge or in the question. */
final class Suggestions {
  private static final int MOST = 3;
  private static final int CHARACTERS_MAX = 120;

  private Suggestions() {}

  /**
   * The titles of what was found and isn't quoted, where they say something new; then those words
   * of the question that nothing quoted holds.
   */
  static List<String> of(Question question, Prompt prompt, List<Ranked> ranked) {
    List<String> suggestions = new ArrayList<>();
    Set<String> known = new HashSet<>(question.terms());
    prompt.quotes().forEach(quote -> known.addAll(Terms.all(quote.passage().title())));
    for (Ranked other : ranked) {
      Passage passage = other.passage();
      String title = passage.title().strip().replaceAll("\\s+", " ");
      Set<String> terms = Terms.telling(title);
      if (suggestions.size() < MOST
          && !title.isEmpty()
          && title.length() <= CHARACTERS_MAX
          && passage.suspicious().isEmpty()
          && !prompt.holds(passage.id())
          && !known.containsAll(terms)) {
        suggestions.add(title);
        known.addAll(terms);
      }
    }
    String uncovered = uncovered(question.text(), termsOf(prompt));
    if (suggestions.size() < MOST && !prompt.quotes().isEmpty() && !uncovered.isEmpty()) {
      suggestions.add(uncovered);
    }
    return suggestions;
  }

  /** Those words of a question that a text doesn't hold, in the question's order. */
  static String uncovered(String question, Set<String> held) {
    return Terms.words(question).stream()
        .filter(word -> word.length() <= CHARACTERS_MAX / 4)
        .filter(word -> Terms.telling(word).stream().noneMatch(held::contains))
        .limit(6)
        .collect(Collectors.joining(" "));
  }

  static Set<String> termsOf(Prompt prompt) {
    Set<String> terms = new HashSet<>();
    prompt.quotes().forEach(quote -> terms.addAll(TermWeights.terms(quote.passage())));
    return terms;
  }
}
