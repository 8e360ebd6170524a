package dev.aidb.policy;

import java.text.Normalizer;
import java.util.Locale;

/** Undoes what makes a text look different to a program than to a reader. */
final class Disguise {
  /** Cyrillic and Greek letters that look like Latin ones, and those. */
  private static final String ALIKE = "аеорсухіјѕԁһӏквмнтгпαεοριυνκτηԛԝ";

  private static final String LATIN = "aeopcyxijsdhlkbmhtrnaeopiuvktnqw";

  private static final String DIGITS = "0134578@$";
  private static final String LETTERS = "oieastbas";

  /** Tag characters mirror ASCII and are invisible. */
  private static final int TAGS = 0xE0000;

  private Disguise() {}

  /**
   * In lower case and compatible forms, without marks and invisible characters, which are shown if
   * they stand for letters.
   */
  static String undone(String text) {
    String wide = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    StringBuilder plain = new StringBuilder(wide.length());
    wide.codePoints()
        .forEach(c -> {
          if (c > TAGS && c < TAGS + 0x7F) {
            plain.append((char) Character.toLowerCase(c - TAGS));
          } else if (Character.getType(c) == Character.SPACE_SEPARATOR) {
            plain.append(' ');
          } else if (c == '’') {
            plain.append('\'');
          } else if (!isInvisible(c)) {
            plain.appendCodePoint(c);
          }
        });
    return plain.toString();
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.NON_SPACING_MARK
        || (type == Character.CONTROL && c != '\n' && c != '\t' && c != '\r')
        || (c >= 0xFE00 && c <= 0xFE0F);
  }

  /** A word of mixed alphabets, or of letters and digits, as it is meant to be read. */
  static String read(String word) {
    boolean latin = word.chars().anyMatch(c -> c >= 'a' && c <= 'z');
    if (!latin) {
      return word.chars().allMatch(c -> ALIKE.indexOf(c) >= 0)
          ? replaced(word, ALIKE, LATIN)
          : word;
    }
    String one = replaced(word, ALIKE, LATIN);
    return replaced(one, DIGITS, LETTERS);
  }

  private static String replaced(String word, String from, String to) {
    StringBuilder replaced = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      int at = from.indexOf(word.charAt(i));
      replaced.append(at < 0 ? word.charAt(i) : to.charAt(at));
    }
    return replaced.toString();
  }
}
