package dev.aidb.policy;

import java.util.Optional;

/**
 * Recognises text that gives orders to an agent which reads it: to ignore its instructions, to play
 * another part, to send data away, to keep something from its user, to call tools; and the control
 * marks of chat templates. What is found is labelled, not refused: readers then know to treat the
 * text as data.
 *
 * <p>Disguises are undone first (wide forms, invisible characters, letters of other alphabets,
 * digits for letters, letters set apart). Then phrases are looked for where an order begins. A
 * sentence that speaks about such orders (an attack, a filter, an example) only mentions them.
 *
 * <p>Pure and thread-safe. Takes time linear in the text's length, and memory for a few thousand
 * words. It finds the usual ways to say it, in English and a little in a few other languages; who
 * knows it can word an order so that it passes.
 */
public final class InstructionScan {
  /** What is looked at in one go, and how far the next goes back, so that no phrase is cut. */
  private static final int PART = 16_384;

  private static final int OVERLAP = 1_024;

  private InstructionScan() {}

  /**
   * What kind of order the first one found is, of a small fixed set such as {@code override},
   * {@code role}, {@code exfiltration}, {@code secrecy}, {@code tool}, {@code address}, {@code
   * template}; never a part of the text.
   */
  public static Optional<String> find(String text) {
    int from = 0;
    while (true) {
      int to = Math.min(text.length(), from + PART);
      Optional<String> found = findIn(text.substring(from, to));
      if (found.isPresent() || to == text.length()) {
        return found;
      }
      from = to - OVERLAP;
    }
  }

  private static Optional<String> findIn(String part) {
    String plain = Disguise.undone(part);
    if (ChatMarks.areIn(plain)) {
      return Optional.of("template");
    }
    OrderWords words = OrderWords.of(plain);
    Optional<String> order = OrderPhrases.find(words);
    return order.isPresent() || !HiddenText.addressesAgents(plain) ? order : Optional.of("hidden");
  }
}
