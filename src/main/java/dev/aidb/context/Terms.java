package dev.aidb.context;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The words of a text as they are compared with those of a question: in lower case, without the
 * commonest English endings; signs of scripts that don't part words, each by itself. Made for
 * judging a few dozen texts, not for an index.
 */
final class Terms {
  /** Of one text so many different terms count; those that come later don't. */
  static final int MAX = 2_000;

  private static final Set<String> STOP_WORDS =
      Set.of(
          """
          a an and are as at be been but by can could did do does for from had has have how i if in \
          into is it its me my no not of on or our should so such that the their then there these \
          they this to was we were what when where which who why will with would you your\
          """
              .split(" "));

  private static final Set<String> POINTING =
      Set.of(
          "it", "its", "this", "that", "these", "those", "they", "them", "their", "there", "then");

  private Terms() {}

  /**
   * Whether a question needs the one before it: it has hardly a telling word, or few and one that
   * points at something.
   */
  static boolean leans(String question) {
    int telling = words(question).size();
    return telling < 2 || telling < 4 && of(question, true).stream().anyMatch(POINTING::contains);
  }

  /** The different terms that say something, in the order of the text; all, where none does. */
  static Set<String> telling(String text) {
    Set<String> all = of(text, true);
    Set<String> telling = new LinkedHashSet<>();
    for (String word : all) {
      if (!STOP_WORDS.contains(word)) {
        telling.add(stem(word));
      }
    }
    return telling.isEmpty() ? of(text, false) : telling;
  }

  /** The different words that say something as they stand in the text, but in lower case. */
  static Set<String> words(String text) {
    Set<String> words = new LinkedHashSet<>(of(text, true));
    words.removeAll(STOP_WORDS);
    return words;
  }

  /** The different terms of a text, stop words included, in its order. */
  static Set<String> all(String text) {
    return of(text, false);
  }

  private static Set<String> of(String text, boolean whole) {
    Set<String> found = new LinkedHashSet<>();
    String lower = text.toLowerCase(Locale.ROOT);
    int start = -1;
    int step;
    for (int i = 0; i <= lower.length() && found.size() < MAX; i += step) {
      int c = i < lower.length() ? lower.codePointAt(i) : ' ';
      step = Character.charCount(c);
      boolean sign = Character.isIdeographic(c) || isKana(c);
      if (Character.isLetterOrDigit(c) && !sign) {
        start = start < 0 ? i : start;
        continue;
      }
      if (start >= 0) {
        String word = lower.substring(start, i);
        found.add(whole ? word : stem(word));
        start = -1;
      }
      if (sign) {
        found.add(Character.toString(c));
      }
    }
    return found;
  }

  private static boolean isKana(int c) {
    Character.UnicodeScript script = Character.UnicodeScript.of(c);
    return script == Character.UnicodeScript.HIRAGANA || script == Character.UnicodeScript.KATAKANA;
  }

  /** Without the endings that the question and its answer often differ in. */
  private static String stem(String word) {
    String stem = word;
    if (word.length() > 4) {
      for (String ending : new String[] {"ingly", "edly", "ing", "ies", "ied", "ed", "es", "s"}) {
        if (word.endsWith(ending) && word.length() - ending.length() >= 3) {
          boolean y = ending.equals("ies") || ending.equals("ied");
          stem = word.substring(0, word.length() - ending.length()) + (y ? "y" : "");
          break;
        }
      }
    } else if (word.length() > 3 && word.endsWith("s")) {
      stem = word.substring(0, word.length() - 1);
    }
    return stem.length() > 3 && stem.endsWith("e") ? stem.substring(0, stem.length() - 1) : stem;
  }
}
