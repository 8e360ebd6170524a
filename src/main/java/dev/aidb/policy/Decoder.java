package dev.aidb.policy;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Undoes every way of writing a character differently: percent signs, HTML entities, escapes of
 * JavaScript, wide and other compatible forms, overlong UTF-8, zero-width characters, capitals.
 *
 * <p>Characters are put on a stack, and whenever the top of it is a whole escape it is replaced by
 * the character it means, which may complete another escape in turn. So any nesting comes apart in
 * one pass; each replacement makes the stack shorter, which bounds the work by the text's length.
 * Used once, by one thread.
 */
final class Decoder {
  /** Stands for a byte of 0x80 or more until the character that it belongs to is whole. */
  private static final char BYTES = '\ue000';

  private static final int ENTITY_MAX = 12;
  private static final int OVERLONG = 2;

  private static final Map<String, Character> ENTITIES =
      Map.ofEntries(
          Map.entry("lt", '<'),
          Map.entry("gt", '>'),
          Map.entry("amp", '&'),
          Map.entry("quot", '"'),
          Map.entry("apos", '\''),
          Map.entry("colon", ':'),
          Map.entry("semi", ';'),
          Map.entry("lpar", '('),
          Map.entry("rpar", ')'),
          Map.entry("tab", '\t'),
          Map.entry("newline", '\n'),
          Map.entry("nbsp", ' '),
          Map.entry("sol", '/'),
          Map.entry("bsol", '\\'),
          Map.entry("equals", '='),
          Map.entry("lcub", '{'),
          Map.entry("lbrace", '{'),
          Map.entry("rcub", '}'),
          Map.entry("rbrace", '}'),
          Map.entry("lsqb", '['),
          Map.entry("lbrack", '['),
          Map.entry("rsqb", ']'),
          Map.entry("rbrack", ']'),
          Map.entry("num", '#'),
          Map.entry("percnt", '%'),
          Map.entry("dollar", '$'),
          Map.entry("comma", ','),
          Map.entry("period", '.'),
          Map.entry("excl", '!'),
          Map.entry("quest", '?'),
          Map.entry("ast", '*'),
          Map.entry("plus", '+'),
          Map.entry("grave", '`'),
          Map.entry("verbar", '|'),
          Map.entry("lowbar", '_'));

  private char[] chars;
  private byte[] depths;
  private int length;
  private int ampersand = -ENTITY_MAX - 1;
  private int bareEnd = -1;

  private Decoder(int capacity) {
    chars = new char[capacity];
    depths = new byte[capacity];
  }

  /** The text as what reads it would see it, in lower case. */
  static Subject decode(String text) {
    Decoder decoder = new Decoder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        decoder.push(c, 0);
      } else if (Character.isHighSurrogate(c) && i + 1 < text.length()) {
        decoder.fold(text.codePointAt(i), 0);
        i++;
      } else {
        decoder.fold(c, 0);
      }
    }
    decoder.bareEntity(' ');
    return new Subject(decoder.chars, decoder.depths, decoder.length);
  }

  private void fold(int codePoint, int depth) {
    String folded = Folding.of(codePoint);
    for (int i = 0; i < folded.length(); i++) {
      push(folded.charAt(i), depth);
    }
  }

  private void push(char c, int depth) {
    char lower = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    if (lower == ';' && bareEnd == length && length > 0) {
      bareEnd = -1; // it ended the entity after all, and was itself encoded
      return;
    }
    if (ampersand >= length - ENTITY_MAX && lower != ';') {
      bareEntity(lower);
    }
    if ((lower < ' ' && !isBlank(lower) && lower != 0) || lower == 0x7f) {
      return;
    }
    if (isBlank(lower) && depth > 0 && lower != ' ' && splitsScheme()) {
      return;
    }
    if (lower == '&') {
      ampersand = length;
    }
    add(lower, depth);
    reduce();
  }

  private void add(char c, int depth) {
    if (length == chars.length) {
      chars = Arrays.copyOf(chars, length * 2);
      depths = Arrays.copyOf(depths, length * 2);
    }
    chars[length] = c;
    depths[length] = (byte) Math.min(depth, Byte.MAX_VALUE);
    length++;
  }

  private void reduce() {
    char top = chars[length - 1];
    if (isHex(top)) {
      if (is(3, '%') && isHex(2)) {
        replaceByte(3, value(2));
      } else if (is(4, '\\') && is(3, 'x') && isHex(2)) {
        replace(4, value(2));
      } else if ((is(6, '\\') || is(6, '%')) && is(5, 'u') && isHex(4) && isHex(3) && isHex(2)) {
        replace(6, value(4));
      }
    } else if (top == ';') {
      entity();
    } else if (top == '}') {
      bracedEscape();
    } else if (length > 1 && (top == '/' || top == '\\' || top == '.')) {
      // Lenient decoders drop a lead byte that nothing belongs to.
      char before = chars[length - 2];
      if (before == (char) (BYTES + 0xc0) || before == (char) (BYTES + 0xc1)) {
        int depth = depths[length - 1] + OVERLONG;
        length -= 2;
        add(top, depth);
      }
    }
  }

  /** Replaces so many characters at the top by the one that they mean. */
  private void replace(int count, int codePoint) {
    int depth = 0;
    for (int i = length - count; i < length; i++) {
      depth = Math.max(depth, depths[i]);
    }
    length -= count;
    if (codePoint < 0x80) {
      push((char) codePoint, depth + 1);
    } else if (codePoint <= Character.MAX_CODE_POINT) {
      fold(codePoint, depth + 1);
    }
  }

  private void replaceByte(int count, int value) {
    if (value < 0x80) {
      replace(count, value);
      return;
    }
    int depth = depths[length - count] + 1;
    length -= count;
    add((char) (BYTES + value), depth);
    joinBytes();
  }

  /** Joins the bytes at the top when they are a whole character, be it written too long. */
  private void joinBytes() {
    int codePoint = 0;
    for (int n = 1; n <= 4 && n <= length; n++) {
      int b = chars[length - n] - BYTES;
      if (b < 0x80 || b > 0xff) {
        return;
      }
      if (b >= 0xc0) {
        int wanted = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        if (wanted == n) {
          codePoint |= (b & (0xff >> (wanted + 1))) << (6 * (n - 1));
          boolean overlong = codePoint < 0x80;
          int depth = depths[length - 1] + (overlong ? OVERLONG : 0);
          length -= n;
          if (overlong) {
            push((char) codePoint, depth);
          } else if (codePoint <= Character.MAX_CODE_POINT) {
            fold(codePoint, depth);
          }
        }
        return;
      }
      codePoint |= (b & 0x3f) << (6 * (n - 1));
    }
  }

  /** An entity that ends with the semicolon at the top. */
  private void entity() {
    int start = ampersand(length - 2);
    if (start < 0) {
      return;
    }
    int digits = start + 2;
    if (chars[start + 1] == '#') {
      int value = number(digits, length - 1);
      if (value >= 0) {
        replace(length - start, value);
      }
      return;
    }
    Character named = ENTITIES.get(new String(chars, start + 1, length - start - 2));
    if (named != null) {
      replace(length - start, named);
    }
  }

  /** A numeric entity at the top that lacks its semicolon, as browsers take it. */
  private void bareEntity(char next) {
    int start = ampersand;
    if (start < 0 || start + 3 > length || chars[start] != '&' || chars[start + 1] != '#') {
      return;
    }
    boolean hex = chars[start + 2] == 'x';
    boolean goesOn =
        hex ? isHex(next) : Subject.isDigit(next) || (next == 'x' && start + 2 == length);
    int value = goesOn ? -1 : number(start + 2, length);
    if (value >= 0) {
      bareEnd = -1;
      replace(length - start, value);
      bareEnd = length;
    }
  }

  private int ampersand(int from) {
    for (int i = from; i >= 0 && i > from - ENTITY_MAX; i--) {
      char c = chars[i];
      if (c == '&') {
        return i < from ? i : -1;
      }
      if (c != '#' && (c < '0' || c > '9') && (c < 'a' || c > 'z')) {
        return -1;
      }
    }
    return -1;
  }

  private int number(int from, int to) {
    boolean hex = from < to && chars[from] == 'x';
    int start = hex ? from + 1 : from;
    if (start >= to) {
      return -1;
    }
    int value = 0;
    for (int i = start; i < to; i++) {
      int digit = Character.digit(chars[i], hex ? 16 : 10);
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        return -1;
      }
      value = value * (hex ? 16 : 10) + digit;
    }
    return value <= Character.MAX_CODE_POINT ? value : -1;
  }

  /** The escape of JavaScript with braces, as in {@code \}{@code u{3c}}. */
  private void bracedEscape() {
    int open = length - 2;
    while (open >= 0 && open > length - 9 && isHex(chars[open])) {
      open--;
    }
    boolean escape =
        open >= 2 && chars[open] == '{' && chars[open - 1] == 'u' && chars[open - 2] == '\\';
    if (escape && open < length - 2) {
      int value = Integer.parseInt(new String(chars, open + 1, length - open - 2), 16);
      replace(length - open + 2, value);
    }
  }

  /** Whether the top is part of {@code javascript}, in which browsers skip line ends and tabs. */
  private boolean splitsScheme() {
    for (String part : new String[] {"j", "ja", "jav", "java", "javas", "javasc", "javascr"}) {
      boolean ends = length >= part.length();
      for (int i = 0; ends && i < part.length(); i++) {
        ends = chars[length - part.length() + i] == part.charAt(i);
      }
      if (ends) {
        return true;
      }
    }
    return false;
  }

  private boolean is(int fromTop, char c) {
    return length >= fromTop && chars[length - fromTop] == c;
  }

  private boolean isHex(int fromTop) {
    return isHex(chars[length - fromTop]);
  }

  /** The number that so many hexadecimal digits at the top are. */
  private int value(int digits) {
    int value = 0;
    for (int i = length - digits; i < length; i++) {
      value = value * 16 + Character.digit(chars[i], 16);
    }
    return value;
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** Characters that stand for ASCII ones, and those that stand for nothing. */
  private static final class Folding {
    private static final int TABLE_MAX = 0x3100;
    private static final String[] LOW = table(0, TABLE_MAX);
    private static final String[] HIGH = table(0xf000, 0x10000);
    private static final int LETTERS_FROM = 0x1d400;
    private static final String[] LETTERS = table(LETTERS_FROM, 0x1d800);

    static String of(int codePoint) {
      if (codePoint < TABLE_MAX) {
        return LOW[codePoint];
      }
      if (codePoint >= 0xf000 && codePoint < 0x10000) {
        return HIGH[codePoint - 0xf000];
      }
      if (codePoint >= LETTERS_FROM && codePoint < 0x1d800) {
        return LETTERS[codePoint - LETTERS_FROM];
      }
      return codePoint >= 0xe0000 ? "" : "\u00bf"; // a letter like any other, and no byte of ours
    }

    private static String[] table(int from, int to) {
      String[] table = new String[to - from];
      for (int codePoint = from; codePoint < to; codePoint++) {
        table[codePoint - from] = folded(codePoint);
      }
      return table;
    }

    private static String folded(int codePoint) {
      return switch (codePoint) {
        case 0x2018, 0x2019, 0x201b, 0x02bc, 0x02b9, 0x2032 -> "'";
        case 0x201c, 0x201d, 0x2033 -> "\"";
        case 0x2215, 0x2044, 0x29f8 -> "/";
        case 0x2216, 0x29f5 -> "\\";
        case 0x2039, 0x2329, 0x3008 -> "<";
        case 0x203a, 0x232a, 0x3009 -> ">";
        default -> byCharacter(codePoint);
      };
    }

    private static String byCharacter(int codePoint) {
      int type = Character.getType(codePoint);
      if (type == Character.FORMAT || (codePoint >= 0xfe00 && codePoint <= 0xfe0f)) {
        return "";
      }
      if (Character.isWhitespace(codePoint) || type == Character.SPACE_SEPARATOR) {
        return " ";
      }
      if (codePoint < 0x80) {
        return String.valueOf((char) codePoint);
      }
      boolean known = Character.isDefined(codePoint) && type != Character.SURROGATE;
      String plain =
          known
              ? Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKC)
                  .toLowerCase(Locale.ROOT)
              : "\u00bf";
      return plain.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? plain : "\u00bf";
    }
  }
}
