package dev.aidb.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingResult;
import com.knuddels.jtokkit.api.EncodingType;

/** Counts tokens as models do, with o200k_base. Thread-safe. */
public final class Tokens {
  /** The vocabulary takes a moment and some megabytes: loaded when first asked for, once. */
  private static final class Loaded {
    static final Encoding O200K =
        Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
  }

  private Tokens() {}

  /** How many tokens a text has. */
  public static int count(String text) {
    return Loaded.O200K.countTokensOrdinary(text);
  }

  /**
   * How many of a text's UTF-16 units its first tokens make up: all of them when it has no more.
   */
  public static int prefix(String text, int tokens) {
    EncodingResult start = Loaded.O200K.encodeOrdinary(text, tokens);
    if (!start.isTruncated()) {
      return text.length();
    }
    int end = start.getLastProcessedCharacterIndex() + 1;
    return end > 0 && end < text.length() && Character.isLowSurrogate(text.charAt(end))
        ? end - 1
        : end;
  }
}
