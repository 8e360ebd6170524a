package dev.aidb.context;

/** How much a context says about each thing, and of how many things. */
public enum Level {
  /** Of the best three, the sentences that answer. */
  STANDARD(3, 120, false),
  /** The best six, as they are stored. */
  DETAILED(6, 360, false),
  /** The best ten with what stands before and after them, and how old and how good they are. */
  COMPREHENSIVE(10, 1_200, true);

  private final int sources;
  private final int sourceTokens;
  private final boolean wide;

  Level(int sources, int sourceTokens, boolean wide) {
    this.sources = sources;
    this.sourceTokens = sourceTokens;
    this.wide = wide;
  }

  /** How many sources one question adds at most. */
  int sources() {
    return sources;
  }

  /** How many tokens of a source's text are quoted at most. */
  int sourceTokens() {
    return sourceTokens;
  }

  /** Whether a source comes with its neighbours and with what is known of it. */
  boolean wide() {
    return wide;
  }
}
