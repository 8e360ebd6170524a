package dev.aidb.core;

/**
 * Is told of failures of the program itself that nobody expected, so that they can be counted and
 * looked into. Those who tell it have logged the failure already.
 */
@FunctionalInterface
public interface ErrorSink {
  /**
   * Takes note of a failure. Returns at once, whatever becomes of it, and doesn't throw.
   *
   * @param component the part of the program that failed, such as {@code projection}
   */
  void failed(String component, Throwable failure);

  /** Heeds nothing. */
  static ErrorSink unheeded() {
    return (component, failure) -> {};
  }
}
