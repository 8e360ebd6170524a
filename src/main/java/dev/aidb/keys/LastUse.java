package dev.aidb.keys;

/** When a key was last used. Written by any number of requests at once, at most once a second. */
final class LastUse {
  private static final long APART_MILLIS = 1_000;

  private volatile long millis;
  private volatile long storedMillis;

  /** Notes a use; those within a second of another aren't told apart. */
  void at(long nowMillis) {
    if (nowMillis - millis >= APART_MILLIS) {
      millis = nowMillis;
    }
  }

  /** The last use, in milliseconds since 1970; 0 for none. */
  long millis() {
    return millis;
  }

  boolean isStored() {
    return storedMillis >= millis;
  }

  void stored(long upToMillis) {
    storedMillis = upToMillis;
  }
}
