package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server says of itself, over a real socket. */
class DocsRoutesTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/docs, text/html",
    "/docs/errors, text/html",
    "/docs/init.js, text/javascript",
    "/docs/page.css, text/css",
    "/docs/swagger-ui.css, text/css",
    "/docs/swagger-ui-bundle.js, text/javascript",
    "/docs/favicon-32x32.png, image/png",
    "/openapi.json, application/json"
  })
  void servesEveryPartOfThePages(String path, String type) {
    HttpResponse<String> answer = server.get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith(type);
    assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(answer.body()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs/"})
  void leadsToThePage(String path) {
    HttpResponse<String> answer = server.get(path);

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location")).hasValue("/docs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/docs", "/docs/errors"})
  void pagesFetchNothingFromElsewhere(String path) {
    HttpResponse<String> answer = server.get(path);

    assertThat(answer.headers().firstValue("content-security-policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
    Matcher links = Pattern.compile("(?:src|href)=\"([^\"#]+)\"").matcher(answer.body());
    while (links.find()) {
      assertThat(links.group(1)).startsWith("/");
      assertThat(server.get(links.group(1)).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/docs/none.js", "/docs/..%2f..%2fapplication.yaml", "/docs/index.html"})
  void servesNothingElse(String path) {
    assertThat(server.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void aKnownDocumentIsNotSentAgain() {
    HttpResponse<String> first = server.get("/openapi.json");
    String tag = first.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> second = server.get("/openapi.json", "If-None-Match", tag);

    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(second.body()).isEmpty();
    assertThat(second.headers().firstValue("etag")).hasValue(tag);
  }

  @Test
  void theTypeOfAProblemLeadsToItsParagraph() {
    String type = TestServer.json(server.get("/none").body()).get("type").asString();
    String page = server.get(type.substring(0, type.indexOf('#'))).body();

    assertThat(page).contains("id=\"" + type.substring(type.indexOf('#') + 1) + "\"");
  }

  @Test
  void answersProbesInPlainWords() {
    assertThat(server.get("/livez").body()).startsWith("ok");
    assertThat(server.get("/livez").headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain");
    assertThat(server.get("/readyz").statusCode()).isEqualTo(503); // the test's start never ends
    assertThat(server.get("/readyz?verbose").body()).isNotEmpty();
  }

  @Test
  void exposesMetricsToReaders() {
    HttpResponse<String> answer = server.get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("aidb_http_requests_total", "# TYPE");
    assertThat(server.get("/metrics", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
  }
}
