package dev.aidb.learning;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Texts in the form in which they are told apart: compatibility characters as their equivalents
 * (NFKC), cases folded, every run of white space a single space, none at the ends. Pure.
 */
final class NormalText {
  private static final Pattern WHITE_SPACE =
      Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private NormalText() {}

  static String of(String text) {
    String compatible = Normalizer.normalize(text, Normalizer.Form.NFKC);
    // To and fro, for ß is SS in capitals alone but has a capital of its own; then composed again.
    String folded =
        compatible.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String composed = Normalizer.normalize(folded, Normalizer.Form.NFKC);
    return WHITE_SPACE.matcher(composed).replaceAll(" ").strip();
  }

  /** SHA-256 of a query and a solution that are both in this form. */
  static byte[] digest(String query, String solution) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] first = query.getBytes(StandardCharsets.UTF_8);
      // Behind its length, lest two pairs look alike.
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(first.length).array());
      digest.update(first);
      return digest.digest(solution.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
