package dev.aidb.core;

import org.jspecify.annotations.Nullable;

/**
 * Why the program can't start or go on, written for the person at the terminal: what is wrong, and
 * what to do about it. Shown without a stack trace; the process ends with status 1.
 */
public class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String advice;

  /**
   * @param message what is wrong, a sentence without a full stop
   * @param advice what to do about it, whole sentences; may be empty
   * @param cause for the log and {@code --debug} alone
   */
  public StartFailure(String message, String advice, @Nullable Throwable cause) {
    super(message, cause);
    this.advice = advice;
  }

  public StartFailure(String message, String advice) {
    this(message, advice, null);
  }

  /** What to do about it; empty when there is nothing to say. */
  public String advice() {
    return advice;
  }
}
