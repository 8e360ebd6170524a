package dev.aidb.keys;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The text of a key: {@code aidb_}, an id of 16 characters, {@code _}, a secret of 52; both of the
 * 32 digits and small letters without i, l, o and u, five random bits each. Scanners for secrets
 * find it by {@code aidb_[0-9a-hjkmnp-tv-z]{16}_[0-9a-hjkmnp-tv-z]{52}}.
 */
public final class KeyText {
  static final String PREFIX = "aidb_";
  static final int ID_LENGTH = 16;
  static final int SECRET_LENGTH = 52;
  static final int LENGTH = PREFIX.length() + ID_LENGTH + 1 + SECRET_LENGTH;

  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  private final String text;

  private KeyText(String text) {
    this.text = text;
  }

  /** A new key with a new id. */
  static KeyText random(RandomGenerator random) {
    return withId(randomText(random, ID_LENGTH), random);
  }

  /** A new secret for the key of that id. */
  static KeyText withId(String id, RandomGenerator random) {
    return new KeyText(PREFIX + id + '_' + randomText(random, SECRET_LENGTH));
  }

  private static String randomText(RandomGenerator random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** The key that a text is, if it has the form of one. */
  public static Optional<KeyText> parse(String text) {
    int separator = PREFIX.length() + ID_LENGTH;
    boolean fits =
        text.length() == LENGTH
            && text.startsWith(PREFIX)
            && text.charAt(separator) == '_'
            && isAlphabet(text, PREFIX.length(), separator)
            && isAlphabet(text, separator + 1, LENGTH);
    return fits ? Optional.of(new KeyText(text)) : Optional.empty();
  }

  private static boolean isAlphabet(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (ALPHABET.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The public part, by which people and audit rows name the key. */
  public String id() {
    return text.substring(PREFIX.length(), PREFIX.length() + ID_LENGTH);
  }

  /** The whole text; for the one place that hands it over. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyText key && key.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return PREFIX + id() + "_****";
  }
}
