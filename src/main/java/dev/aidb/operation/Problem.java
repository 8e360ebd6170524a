package dev.aidb.operation;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that failed (RFC 9457, {@code application/problem+json}).
 *
 * @param type where the code is documented, relative to the server
 * @param errors the broken rules, or null when the failure isn't about fields
 */
@Description("Why a request failed (RFC 9457).")
public record Problem(
    @Description(value = "Where this code is documented.", example = "/docs/errors#not_found")
        String type,
    @Description("A short sentence that is the same for every occurrence of the code.")
        String title,
    @Description("The HTTP status.") int status,
    @Description("What went wrong this time.") String detail,
    @Description("The path that was asked for.") String instance,
    @Description(value = "The stable name of the failure.", example = "not_found") String code,
    @Description("The id of the request, as in X-Request-ID.") String requestId,
    @Description("Every broken rule of a field, when the failure is about fields.")
        @Nullable List<FieldProblem> errors) {

  /** The media type of a problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** One broken rule. */
  @Description("One broken rule of one field.")
  public record FieldProblem(
      @Description(value = "The path of the field.", example = "items[3].embedding") String field,
      @Description(value = "The stable name of the rule.", example = "max_length") String code,
      @Description("What the rule asks for.") String message) {
    static FieldProblem of(FieldError error) {
      return new FieldProblem(error.field(), error.code(), error.message());
    }
  }

  /** The problem for a failure. */
  public static Problem of(AidbException failure, String requestId, String instance) {
    ErrorCode code = failure.code();
    return new Problem(
        type(code),
        code.title(),
        code.httpStatus(),
        failure.detail(),
        instance,
        code.wireName(),
        requestId,
        failure.errors().isEmpty()
            ? null
            : failure.errors().stream().map(FieldProblem::of).toList());
  }

  private static String type(ErrorCode code) {
    return "/docs/errors#" + code.wireName();
  }
}
