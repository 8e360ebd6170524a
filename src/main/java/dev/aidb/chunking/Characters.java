package dev.aidb.chunking;

/** Small questions about characters, asked without regular expressions. */
final class Characters {
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Characters() {}

  /** The text with {@code \n} at the end of its lines and without a byte order mark. */
  static String normalizeLines(String text) {
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return body.indexOf('\r') < 0 ? body : body.replace("\r\n", "\n").replace('\r', '\n');
  }

  /** At most that many UTF-16 units from the start, never half a character. */
  static String limit(String text, int units) {
    return text.length() <= units ? text : text.substring(0, safeCut(text, 0, units)).strip();
  }

  /**
   * The last place at or before {@code at}, and after {@code floor}, that is neither within a
   * surrogate pair nor, where that can be had within 16 units, within a grapheme.
   */
  static int safeCut(String text, int floor, int at) {
    if (at >= text.length()) {
      return text.length();
    }
    int cut = at;
    for (int step = 0; step < 16 && cut > floor + 1 && joinsBackwards(text, cut); step++) {
      cut--;
    }
    if (joinsBackwards(text, cut)) {
      cut = at;
    }
    return splitsPair(text, cut) ? (cut - 1 > floor ? cut - 1 : cut + 1) : cut;
  }

  private static boolean splitsPair(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isLowSurrogate(text.charAt(at))
        && Character.isHighSurrogate(text.charAt(at - 1));
  }

  private static boolean joinsBackwards(String text, int at) {
    if (splitsPair(text, at)) {
      return true;
    }
    int here = text.codePointAt(at);
    int type = Character.getType(here);
    return type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || here == ZERO_WIDTH_JOINER
        || (here >= 0x1F3FB && here <= 0x1F3FF)
        || (at > 0 && text.charAt(at - 1) == ZERO_WIDTH_JOINER);
  }

  /** Whether a sentence may end just before {@code at}. */
  static boolean endsSentence(String text, int at) {
    if (at < 1 || at > text.length()) {
      return false;
    }
    char before = text.charAt(at - 1);
    if (before == '\u3002' || before == '\uFF01' || before == '\uFF1F') {
      return true;
    }
    boolean space = at == text.length() || Character.isWhitespace(text.charAt(at));
    return space && (before == '.' || before == '!' || before == '?');
  }

  static int skipBlank(String text, int from, int to) {
    int at = from;
    while (at < to && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Like {@link #skipBlank}, but back to the start of the line that it ends in. */
  static int skipBlankKeepingIndent(String text, int from, int to) {
    int at = skipBlank(text, from, to);
    int line = at;
    while (line > from && text.charAt(line - 1) != '\n') {
      line--;
    }
    boolean starts = line > from || from == 0 || text.charAt(from - 1) == '\n';
    return at < to && starts ? line : at;
  }

  /** The text without blank lines at its start and blanks at its end; its first indent stays. */
  static String trimLines(String text) {
    String body = text.stripTrailing();
    int start = skipBlankKeepingIndent(body, 0, body.length());
    return start == 0 && body.indexOf('\n') < 0 ? body.strip() : body.substring(start);
  }
}
