package dev.aidb.http;

import dev.aidb.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code docs/reference/errors.md} from the codes themselves. */
public final class ErrorsReference {
  private static final String HEAD =
      """
      # Errors

      <!-- Generated from dev.aidb.core.ErrorCode by `make docs`; don't edit. -->

      A request that fails is answered with `application/problem+json` (RFC 9457):

      | field | holds |
      |---|---|
      | `type` | the address of the paragraph below on the server's own `/docs/errors` |
      | `title` | the kind of failure, the same sentence every time |
      | `status` | the HTTP status |
      | `detail` | what happened this time |
      | `instance` | the path that was asked |
      | `code` | the stable name below |
      | `request_id` | the id to quote; also in the header `X-Request-ID` and in the server's log |
      | `errors` | for `validation_failed` and `content_policy`: each `{field, code, message}`, all at once |

      An answer never holds the client's input (but a well-formed collection name), SQL or stack traces.
      Where trying again can help, the answer carries `Retry-After` in seconds.
      """;

  private ErrorsReference() {}

  /** The page in Markdown. */
  public static String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    for (ErrorCode code : ErrorCode.values()) {
      page.append("\n## ").append(code.wireName()).append("\n\n");
      page.append(code.title()).append(". ").append(Advice.on(code)).append("\n\n");
      page.append("HTTP status ").append(code.httpStatus());
      page.append(", JSON-RPC code ").append(code.jsonRpcCode());
      page.append(code.retryable() ? "; trying again can help.\n" : "; not without a change.\n");
    }
    return page.toString();
  }

  /** Writes the page to the path given as the only argument. */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), markdown());
  }
}
