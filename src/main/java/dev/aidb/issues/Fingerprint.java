package dev.aidb.issues;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The key under which errors that are alike are one issue. */
final class Fingerprint {
  private Fingerprint() {}

  /**
   * SHA-256 of the three in UTF-8, each behind its length so that no two triples run together.
   *
   * @return 64 hexadecimal digits in lower case
   */
  static String of(String errorType, String component, String template) {
    MessageDigest digest = sha256();
    for (String part : new String[] {errorType, component, template}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
