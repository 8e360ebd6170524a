package dev.aidb.http;

/**
 * The connection broke, or its client neither sent nor read for too long: there is nobody left to
 * answer. Carries no stack trace, for it is no fault of the program.
 */
final class ClientGone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClientGone(Throwable cause) {
    super("The client went away", cause, false, false);
  }
}
