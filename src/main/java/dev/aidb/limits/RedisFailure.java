package dev.aidb.limits;

/** Redis couldn't be asked, or didn't answer in time. */
final class RedisFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean late;

  RedisFailure(String message, Throwable cause) {
    super(message, cause);
    this.late = false;
  }

  private RedisFailure(String message) {
    super(message);
    this.late = true;
  }

  static RedisFailure tooLate() {
    return new RedisFailure("it took too long");
  }

  /** Whether there was no answer in time, rather than a bad one. */
  boolean late() {
    return late;
  }
}
