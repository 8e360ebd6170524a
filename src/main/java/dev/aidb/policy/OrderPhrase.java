package dev.aidb.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Words that must follow one another in a sentence. Written as slots with blanks between: {@code
 * a|b+c} is the word a, or b and then c; {@code ~2} stands for up to two words of any kind; {@code
 * #} for a word out of a name with underscores; {@code $} for the end of the sentence; a {@code ^}
 * before all says that an order must begin there.
 *
 * @param order whether it must stand where an order begins
 */
record OrderPhrase(String kind, boolean order, List<Slot> slots) {
  /** A part of a phrase. */
  sealed interface Slot {}

  /** One of these sequences of words. */
  record Words(List<List<String>> alternatives) implements Slot {}

  /** Up to that many words. */
  record Gap(int most) implements Slot {}

  /** A word out of a name with underscores. */
  record Name() implements Slot {}

  /** The end of the sentence. */
  record End() implements Slot {}

  static OrderPhrase parse(String kind, String text) {
    boolean order = text.startsWith("^");
    List<Slot> slots = new ArrayList<>();
    for (String slot : text.substring(order ? 1 : 0).strip().split(" +")) {
      slots.add(slot(slot));
    }
    return new OrderPhrase(kind, order, List.copyOf(slots));
  }

  private static Slot slot(String text) {
    if (text.startsWith("~")) {
      return new Gap(Integer.parseInt(text.substring(1)));
    }
    return switch (text) {
      case "#" -> new Name();
      case "$" -> new End();
      default ->
          new Words(
              Arrays.stream(text.split("\\|"))
                  .map(words -> List.of(Disguise.undone(words).split("\\+")))
                  .toList());
    };
  }

  /** The words that a phrase of this kind may begin with. */
  Stream<String> firstWords() {
    return slots.getFirst() instanceof Words words
        ? words.alternatives().stream().map(List::getFirst)
        : Stream.of();
  }

  Stream<String> allWords() {
    return slots.stream()
        .filter(Words.class::isInstance)
        .flatMap(slot -> ((Words) slot).alternatives().stream().flatMap(List::stream));
  }

  boolean matches(OrderWords words, int at) {
    return (!order || words.mayOrder(at)) && matches(words, at, at, 0);
  }

  /** Phrases are short and gaps small, so this ends after a bounded number of steps. */
  private boolean matches(OrderWords words, int start, int at, int slot) {
    if (slot == slots.size()) {
      return true;
    }
    boolean inside = at < words.size() && words.sameSentence(start, at);
    return switch (slots.get(slot)) {
      case End() -> !inside;
      case Name() -> inside && words.names().get(at) && matches(words, start, at + 1, slot + 1);
      case Gap(int most) -> {
        for (int skipped = 0; skipped <= most; skipped++) {
          if (matches(words, start, at + skipped, slot + 1)) {
            yield true;
          }
        }
        yield false;
      }
      case Words(List<List<String>> alternatives) -> {
        for (List<String> alternative : alternatives) {
          if (stands(words, start, at, alternative)
              && matches(words, start, at + alternative.size(), slot + 1)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  private static boolean stands(OrderWords words, int start, int at, List<String> sequence) {
    if (at + sequence.size() > words.size()
        || !words.sameSentence(start, at + sequence.size() - 1)) {
      return false;
    }
    for (int i = 0; i < sequence.size(); i++) {
      if (!words.word(at + i).equals(sequence.get(i))) {
        return false;
      }
    }
    return true;
  }
}
