package dev.aidb.embedding;

import java.text.Normalizer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the normaliser and pre-tokenizer of BERT (uncased) make of each code point on its own:
 * control characters vanish, white space separates, Chinese characters and punctuation stand alone,
 * and everything else is decomposed (NFD), loses its accents and becomes lower case.
 *
 * <p>Decomposing one code point at a time is enough: what canonical reordering would move are
 * combining marks, and those that aren't removed appear in no vocabulary, so the word that holds
 * them is unknown in any order. It keeps the time linear where normalising a whole text of
 * combining marks is quadratic.
 *
 * <p>Worked out on first use, 256 code points at a time; at most 4.5 MB for all of Unicode.
 * Thread-safe.
 */
final class BertCharacters {
  /** The character disappears. */
  static final int DROPPED = 0;

  /** The character ends a word. */
  static final int SPACE = 1;

  /** The character is a word by itself. */
  static final int ALONE = 2;

  /** The character is part of a word. */
  static final int LETTER = 3;

  /** The character becomes several letters: {@link #expansion(int)}. */
  static final int EXPANDED = 4;

  private static final int PAGE_BITS = 8;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int KIND_BITS = 3;
  private static final int KIND_MASK = (1 << KIND_BITS) - 1;

  private final AtomicReferenceArray<int @Nullable []> pages =
      new AtomicReferenceArray<>((Character.MAX_CODE_POINT + 1) >> PAGE_BITS);

  /** The kind of the code point and what it becomes, for {@link #kind} and {@link #letter}. */
  int entry(int codePoint) {
    int number = codePoint >> PAGE_BITS;
    int[] page = pages.getPlain(number);
    if (page == null) {
      page = pages.getAcquire(number);
      if (page == null) {
        page = page(number);
        pages.setRelease(number, page);
      }
    }
    return page[codePoint & (PAGE_SIZE - 1)];
  }

  static int kind(int entry) {
    return entry & KIND_MASK;
  }

  /** The code point that the character becomes, for {@link #ALONE} and {@link #LETTER}. */
  static int letter(int entry) {
    return entry >>> KIND_BITS;
  }

  /** What a code point of the kind {@link #EXPANDED} becomes: two or more letters. */
  static int[] expansion(int codePoint) {
    return normalised(codePoint);
  }

  private static int[] page(int number) {
    int[] page = new int[PAGE_SIZE];
    for (int i = 0; i < PAGE_SIZE; i++) {
      page[i] = work((number << PAGE_BITS) | i);
    }
    return page;
  }

  private static int work(int codePoint) {
    if (isRemoved(codePoint)) {
      return DROPPED;
    }
    if (isSpace(codePoint)) {
      return SPACE;
    }
    int[] letters = normalised(codePoint);
    if (letters.length == 0) {
      return DROPPED;
    }
    if (letters.length > 1) {
      return EXPANDED;
    }
    boolean alone = isChinese(codePoint) || isPunctuation(letters[0]);
    return (letters[0] << KIND_BITS) | (alone ? ALONE : LETTER);
  }

  private static int[] normalised(int codePoint) {
    String one = Character.toString(codePoint);
    String decomposed = codePoint < 0xC0 ? one : Normalizer.normalize(one, Normalizer.Form.NFD);
    return decomposed.codePoints().filter(c -> !isAccent(c)).map(Character::toLowerCase).toArray();
  }

  private static boolean isAccent(int codePoint) {
    return UnicodeAge.isMarkOfOld(codePoint)
        || (Character.getType(codePoint) == Character.NON_SPACING_MARK
            && !UnicodeAge.isLetterOfOld(codePoint)
            && !UnicodeAge.isPunctuationOfOld(codePoint));
  }

  private static boolean isRemoved(int codePoint) {
    if (UnicodeAge.isLetterOfOld(codePoint)) {
      return false;
    }
    if (codePoint == '\t' || codePoint == '\n' || codePoint == '\r') {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> codePoint == 0xFFFD;
    };
  }

  private static boolean isSpace(int codePoint) {
    return codePoint == '\t'
        || codePoint == '\n'
        || codePoint == '\r'
        || Character.isSpaceChar(codePoint);
  }

  private static boolean isPunctuation(int codePoint) {
    if (codePoint < 0x80) {
      return codePoint > ' ' && codePoint < 0x7F && !Character.isLetterOrDigit(codePoint);
    }
    if (UnicodeAge.isLetterOfOld(codePoint)) {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> UnicodeAge.isPunctuationOfOld(codePoint);
    };
  }

  /** The blocks that BERT takes for Chinese; Hangul, Hiragana and Katakana are not among them. */
  private static boolean isChinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
