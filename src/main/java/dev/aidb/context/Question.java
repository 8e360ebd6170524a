package dev.aidb.context;

import java.util.Optional;
import java.util.Set;

/**
 * What knowledge is looked for.
 *
 * @param text in plain words
 * @param vector its embedding, L2-normalised; empty while there is no model to make it
 * @param terms its telling terms
 */
record Question(String text, Optional<float[]> vector, Set<String> terms) {
  static Question of(String text, Optional<float[]> vector) {
    return new Question(text, vector, Terms.telling(text));
  }
}
