package dev.aidb.core;

/** Measures of text. A character is a Unicode code point throughout the program. */
public final class Text {
  private Text() {}

  /** The number of code points. */
  public static int characters(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }

  /**
   * The number of bytes the text takes in UTF-8, without encoding it; a lone surrogate counts 3.
   */
  public static int utf8Bytes(CharSequence text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }

  /**
   * Whether the text has a character that PostgreSQL and JSON consumers can't hold: NUL or a lone
   * surrogate.
   */
  public static boolean isStorable(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
