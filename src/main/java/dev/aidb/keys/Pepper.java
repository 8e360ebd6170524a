package dev.aidb.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secret under which keys are hashed. Thread-safe. */
public final class Pepper {
  /** Characters that a pepper needs at least; one that is made here has 64. */
  static final int CHARACTERS_MIN = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final String CHECK = "aidb pepper check 1";

  /** Never used itself but copied: a copy costs less than a new key schedule, or than a lock. */
  private final Mac prototype;

  /**
   * @param text at least 32 characters, of which 256 bits should be random
   * @throws IllegalArgumentException when it is shorter
   */
  public Pepper(String text) {
    if (text.length() < CHARACTERS_MIN) {
      throw new IllegalArgumentException("a pepper has at least " + CHARACTERS_MIN + " characters");
    }
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** What is stored of a key: 32 bytes. */
  byte[] hash(String keyText) {
    return mac(keyText);
  }

  /** By which a database tells this pepper from another one, and nothing else of it. */
  byte[] check() {
    return mac(CHECK);
  }

  private byte[] mac(String text) {
    try {
      Mac mac = (Mac) prototype.clone();
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e); // the JDK's own can
    }
  }
}
