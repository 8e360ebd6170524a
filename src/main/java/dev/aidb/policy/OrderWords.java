package dev.aidb.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The words of a text in the order in which they stand.
 *
 * @param words without disguise
 * @param sentences for each word the number of its sentence
 * @param starts whether a clause begins with it
 * @param names whether it is a part of a name with underscores
 */
record OrderWords(
    List<String> words, List<Integer> sentences, List<Boolean> starts, List<Boolean> names) {
  /** After these, a verb is as much an order as at the beginning. */
  private static final Set<String> LEADS =
      Set.of(
          "please",
          "now",
          "then",
          "and",
          "just",
          "also",
          "must",
          "should",
          "shall",
          "kindly",
          "simply",
          "instead",
          "immediately",
          "always",
          "you",
          "assistant",
          "ai",
          "or",
          "first",
          "so",
          "but");

  private static final int SPACED_MIN = 4;

  /** Of a text whose disguises are undone. */
  static OrderWords of(String plain) {
    Reader reader = new Reader(plain);
    reader.read();
    return reader.result;
  }

  int size() {
    return words.size();
  }

  String word(int at) {
    return words.get(at);
  }

  boolean sameSentence(int a, int b) {
    return sentences.get(a).equals(sentences.get(b));
  }

  /** Whether the word stands where an order may begin. */
  boolean mayOrder(int at) {
    if (starts.get(at)) {
      return true;
    }
    String before = word(at - 1);
    return LEADS.contains(before) || (before.equals("to") && at >= 2 && word(at - 2).equals("you"));
  }

  /** Goes through a text once. */
  private static final class Reader {
    private final String text;
    private final OrderWords result =
        new OrderWords(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private int at;
    private int sentence;
    private boolean start = true;

    Reader(String text) {
      this.text = text;
    }

    void read() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (isWord(c)) {
          word();
        } else {
          separator(c);
          at++;
        }
      }
    }

    private void separator(char c) {
      boolean blank = at + 1 >= text.length() || Character.isWhitespace(text.charAt(at + 1));
      boolean paragraph = c == '\n' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
      if (paragraph || (blank && ".!?".indexOf(c) >= 0) || "。！？".indexOf(c) >= 0) {
        sentence++;
        start = true;
      } else if (c != ' ' && c != '_' && c != '`' && c != '/' && c != '*' && c != '\'') {
        start = true;
      }
    }

    private void word() {
      int from = at;
      if (isIdeograph(text.charAt(at))) {
        at++;
      } else {
        int spaced = endOfSpaced();
        if (spaced > 0) {
          at = spaced;
          add(text.substring(from, at).replaceAll("[^\\p{L}\\p{Nd}]", ""), false);
          return;
        }
        while (at < text.length() && goesOn()) {
          at++;
        }
      }
      hyphenated(from);
    }

    /** Joins what a hyphen parts where only that makes a word that matters. */
    private void hyphenated(int from) {
      String word = read(text.substring(from, at));
      if (at + 1 < text.length() && text.charAt(at) == '-' && isWord(text.charAt(at + 1))) {
        int end = at + 1;
        while (end < text.length() && isWord(text.charAt(end))) {
          end++;
        }
        String joined = word + text.substring(at + 1, end);
        if (OrderPhrases.VOCABULARY.contains(joined)) {
          at = end;
          add(joined, false);
          return;
        }
      }
      boolean name =
          (from > 0 && text.charAt(from - 1) == '_')
              || (at < text.length() && text.charAt(at) == '_');
      add(word, name);
    }

    /** As it is meant to be read, if that makes a word that matters. */
    private static String read(String word) {
      if (OrderPhrases.VOCABULARY.contains(word)) {
        return word;
      }
      String meant = Disguise.read(word);
      return OrderPhrases.VOCABULARY.contains(meant) ? meant : word;
    }

    /** The end of letters that stand apart, one character between each two; 0 for none. */
    private int endOfSpaced() {
      int end = at + 1;
      int letters = 1;
      while (end + 1 < text.length()
          && !isWord(text.charAt(end))
          && text.charAt(end) != '\n'
          && Character.isLetter(text.charAt(end + 1))
          && (end + 2 >= text.length() || !isWord(text.charAt(end + 2)))) {
        end += 2;
        letters++;
      }
      return letters >= SPACED_MIN || (letters == 3 && end < text.length()) ? end : 0;
    }

    private void add(String word, boolean name) {
      result.words.add(word);
      result.sentences.add(sentence);
      result.starts.add(start);
      result.names.add(name);
      start = false;
    }

    /** Whether the word does; an apostrophe within it belongs to it. */
    private boolean goesOn() {
      char c = text.charAt(at);
      boolean apostrophe =
          c == '\'' && at + 1 < text.length() && Character.isLetter(text.charAt(at + 1));
      return apostrophe || (isWord(c) && !isIdeograph(c));
    }

    private static boolean isWord(char c) {
      return Character.isLetterOrDigit(c) || c == '@';
    }

    private static boolean isIdeograph(char c) {
      return c >= 0x3040 && c <= 0x9FFF;
    }
  }
}
