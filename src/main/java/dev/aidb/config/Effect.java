package dev.aidb.config;

/** Whether this version heeds a key. */
public enum Effect {
  /** It does. */
  NOW("yes"),
  /** It reads and checks the value, and the feature is still to come. A set value is warned of. */
  LATER("not in effect yet"),
  /**
   * The feature is still to come, and whoever sets the key relies on it: any value but the default
   * stops the start, because ignoring it in silence would be unsafe.
   */
  UNAVAILABLE("only the default; isn't available in this version");

  private final String words;

  Effect(String words) {
    this.words = words;
  }

  /** How the reference page says it. */
  String words() {
    return words;
  }
}
