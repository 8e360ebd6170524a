package dev.aidb.http;

import dev.aidb.core.ErrorCode;
import java.nio.charset.StandardCharsets;

/** The page that documents every kind of failure, made from the codes themselves. */
final class ErrorsPage {
  private ErrorsPage() {}

  static byte[] html() {
    StringBuilder page =
        new StringBuilder(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>AIDB errors</title>
            <link rel="stylesheet" href="/docs/page.css">
            </head>
            <body>
            <h1>Errors</h1>
            <p>A request that fails is answered with <code>application/problem+json</code> (RFC
            9457). Its <code>code</code> is stable; <code>errors</code> names each broken rule of a
            field. Quote the <code>request_id</code> when you ask for help.</p>
            """);
    for (ErrorCode code : ErrorCode.values()) {
      String name = code.wireName();
      page.append("<h2 id=\"%1$s\"><a href=\"#%1$s\"><code>%1$s</code></a></h2>\n".formatted(name))
          .append("<p>")
          .append(code.title())
          .append(". ")
          .append(Advice.on(code))
          .append("</p>\n<dl>")
          .append("<dt>HTTP status</dt><dd>")
          .append(code.httpStatus())
          .append("</dd>")
          .append("<dt>JSON-RPC code</dt><dd>")
          .append(code.jsonRpcCode())
          .append("</dd>")
          .append("<dt>Try again</dt><dd>")
          .append(code.retryable() ? "yes, after Retry-After" : "not without a change")
          .append("</dd></dl>\n");
    }
    return page.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
  }
}
