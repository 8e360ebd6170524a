package dev.aidb.policy;

import java.util.Arrays;

/**
 * A decoded text under examination, with the small steps that the signs are made of. Every step
 * looks at a bounded stretch, and {@link #steps} counts what was looked at. Used by one thread.
 *
 * <p>Positions outside the text read as {@link #END}.
 */
final class Subject {
  /** What is read before the text and after it. */
  static final char END = '\uffff';

  private static final int BLANKS_MAX = 32;
  private static final int WORD_MAX = 64;

  private final char[] chars;
  private final byte[] depths;
  private final int length;
  private final byte[] parities;
  private final Places scripts = new Places();
  private final Places reaches = new Places();
  private long steps;

  /**
   * @param chars the characters, in lower case; the rest of the array is unused
   * @param depths how many times each was encoded
   */
  Subject(char[] chars, byte[] depths, int length) {
    this.chars = chars;
    this.depths = depths;
    this.length = length;
    this.parities = parities(chars, length);
  }

  /** For each position whether a single (1) or a double (2) quote is open before it. */
  private static byte[] parities(char[] chars, int length) {
    byte[] parities = new byte[length + 1];
    byte open = 0;
    for (int i = 0; i < length; i++) {
      parities[i] = open;
      if (chars[i] == '\'') {
        open ^= 1;
      } else if (chars[i] == '"') {
        open ^= 2;
      }
    }
    parities[length] = open;
    return parities;
  }

  int length() {
    return length;
  }

  /** How many characters were looked at so far. */
  long steps() {
    return steps;
  }

  char at(int i) {
    steps++;
    return i >= 0 && i < length ? chars[i] : END;
  }

  /** How many times the character was encoded; more than one for an overlong form. */
  int depth(int i) {
    return i >= 0 && i < length ? depths[i] : 0;
  }

  boolean has(int i, String literal) {
    if (i < 0 || i + literal.length() > length) {
      return false;
    }
    for (int j = 0; j < literal.length(); j++) {
      steps++;
      if (chars[i + j] != literal.charAt(j)) {
        return false;
      }
    }
    return true;
  }

  boolean hasAny(int i, String... literals) {
    for (String literal : literals) {
      if (has(i, literal)) {
        return true;
      }
    }
    return false;
  }

  /** The first place of a literal from a position on, not beyond an end; -1 when it isn't there. */
  int find(int from, int to, String literal) {
    int last = Math.min(to, length) - literal.length();
    for (int i = Math.max(0, from); i <= last; i++) {
      if (at(i) == literal.charAt(0) && has(i, literal)) {
        return i;
      }
    }
    return -1;
  }

  boolean contains(int from, int to, String... literals) {
    for (String literal : literals) {
      if (find(from, to, literal) >= 0) {
        return true;
      }
    }
    return false;
  }

  int skipBlanks(int i) {
    int to = i;
    while (to < i + BLANKS_MAX && isBlank(at(to))) {
      to++;
    }
    return to;
  }

  /** The position after the last that isn't blank before {@code i}. */
  int skipBlanksBack(int i) {
    int to = i;
    while (to > i - BLANKS_MAX && isBlank(at(to - 1))) {
      to--;
    }
    return to;
  }

  /** The end of the word of letters, digits and underscores that starts here. */
  int wordEnd(int i) {
    int to = i;
    while (to < i + WORD_MAX && isWord(at(to))) {
      to++;
    }
    return to;
  }

  /** The start of the word that ends before {@code i}. */
  int wordStart(int i) {
    int from = i;
    while (from > i - WORD_MAX && isWord(at(from - 1))) {
      from--;
    }
    return from;
  }

  /** The word that starts here; empty when none does. */
  String word(int i) {
    int to = wordEnd(i);
    return to > i ? new String(chars, i, to - i) : "";
  }

  String text(int from, int to) {
    int start = Math.max(0, from);
    int end = Math.min(length, to);
    return start < end ? new String(chars, start, end - start) : "";
  }

  /** Whether these letters stand here as a word of their own. */
  boolean hasWord(int i, String word) {
    return has(i, word) && !isWord(at(i + word.length())) && !isWord(at(i - 1));
  }

  /** Whether a quote of the given kind is open before the position. */
  boolean isOpen(int i, char quote) {
    int bit = quote == '\'' ? 1 : 2;
    return (parities[Math.clamp(i, 0, length)] & bit) != 0;
  }

  /** Whether the quote at the position ends a value that nothing in the text began. */
  boolean isBreak(int i) {
    char c = at(i);
    return (c == '\'' || c == '"') && !isOpen(i, c);
  }

  /** Where script does something. */
  Places scripts() {
    return scripts;
  }

  /** Where an expression reaches for what it has no business with. */
  Places reaches() {
    return reaches;
  }

  /** Positions of one sort, noted in their order. */
  static final class Places {
    private int[] places = new int[8];
    private int count;

    void note(int i) {
      if (count == places.length) {
        places = Arrays.copyOf(places, count * 2);
      }
      places[count++] = i;
    }

    /** Whether there is one from a position on, before another. */
    boolean isBetween(int from, int to) {
      int found = Arrays.binarySearch(places, 0, count, from);
      int next = found >= 0 ? found : -found - 1;
      return next < count && places[next] < to;
    }
  }

  /** The text with plus signs as the blanks of a form, and without comments. */
  Subject without(String filler, boolean plus) {
    char[] out = new char[length];
    byte[] kept = new byte[length];
    int n = 0;
    int i = 0;
    while (i < length) {
      int end = commentEnd(i);
      if (end > i) {
        i = end;
        if (!filler.isEmpty()) {
          out[n++] = ' ';
        }
      } else {
        out[n] = plus && chars[i] == '+' ? ' ' : chars[i];
        kept[n++] = depths[i++];
      }
    }
    return new Subject(out, kept, n);
  }

  /** The end of the comment, or of a comment's mark, that starts here; the position when none. */
  private int commentEnd(int i) {
    if (chars[i] == '/' && i + 1 < length && chars[i + 1] == '*') {
      if (i + 2 < length && chars[i + 2] == '!') {
        int digits = i + 3; // MySQL runs what is in such a comment
        while (digits < length && digits < i + 9 && chars[digits] >= '0' && chars[digits] <= '9') {
          digits++;
        }
        return digits;
      }
      int end = nextClose(i + 2);
      return end < 0 ? i : end;
    }
    if (chars[i] == '*' && i + 1 < length && chars[i + 1] == '/') {
      return i + 2;
    }
    return i;
  }

  private int nextClose(int from) {
    int to = Math.min(length - 1, from + WORD_MAX);
    for (int i = from; i < to; i++) {
      steps++;
      if (chars[i] == '*' && chars[i + 1] == '/') {
        return i + 2;
      }
    }
    return -1;
  }

  static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isWord(char c) {
    return isLetter(c) || isDigit(c) || c == '_' || c == '\u00bf';
  }
}
