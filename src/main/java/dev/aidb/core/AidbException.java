package dev.aidb.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one failure type of the program. Its message is written for the client: no stack trace, no
 * SQL, no echo of the input. A cause, where there is one, is for the log alone.
 */
public final class AidbException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<FieldError> errors;
  private final @Nullable Duration retryAfter;

  public AidbException(ErrorCode code, String detail) {
    this(code, detail, List.of(), null, null);
  }

  public AidbException(ErrorCode code, String detail, @Nullable Throwable cause) {
    this(code, detail, List.of(), null, cause);
  }

  private AidbException(
      ErrorCode code,
      String detail,
      List<FieldError> errors,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(detail, cause);
    this.code = code;
    this.errors = List.copyOf(errors);
    this.retryAfter = retryAfter;
  }

  /** A 422 that names every broken rule at once. */
  public static AidbException invalid(List<FieldError> errors) {
    StringBuilder detail = new StringBuilder("Validation failed: ");
    for (int i = 0; i < errors.size(); i++) {
      FieldError e = errors.get(i);
      detail.append(i == 0 ? "" : "; ").append(e.field()).append(": ").append(e.message());
      detail.append(" (").append(e.code()).append(')');
    }
    return new AidbException(ErrorCode.VALIDATION_FAILED, detail.toString(), errors, null, null);
  }

  /** A 422 for a single field. */
  public static AidbException invalid(String field, String code, String message) {
    return invalid(List.of(new FieldError(field, code, message)));
  }

  /** A failure about fields that has a code of its own. */
  public static AidbException ofFields(ErrorCode code, String detail, List<FieldError> errors) {
    return new AidbException(code, detail, errors, null, null);
  }

  /** A 503 that says which dependency is down and when to come back. */
  public static AidbException unavailable(
      String detail, Duration retryAfter, @Nullable Throwable cause) {
    return new AidbException(ErrorCode.UNAVAILABLE, detail, List.of(), retryAfter, cause);
  }

  /** A 503 of a server that sheds load. */
  public static AidbException overloaded(String detail, Duration retryAfter) {
    return new AidbException(ErrorCode.OVERLOADED, detail, List.of(), retryAfter, null);
  }

  /** A 429 that says when to come back. */
  public static AidbException rateLimited(String detail, Duration retryAfter) {
    return new AidbException(ErrorCode.RATE_LIMITED, detail, List.of(), retryAfter, null);
  }

  public static AidbException notFound(String detail) {
    return new AidbException(ErrorCode.NOT_FOUND, detail);
  }

  public ErrorCode code() {
    return code;
  }

  /** What the client should read. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** The broken rules, field by field; empty for failures that are not about fields. */
  public List<FieldError> errors() {
    return errors;
  }

  /** How long a client should wait before it tries again. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
