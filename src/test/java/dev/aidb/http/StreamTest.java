package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operations that take and answer lines. */
@Timeout(20)
class StreamTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void answersEachLineAndGoesOnAfterBadOnes() {
    String lines =
        "{\"text\":\"a\"}\n\n{\"text\":\r\n{\"text\":\"b\"}\r\n"
            + "{\"text\":\""
            + "x".repeat(2_000)
            + "\"}\n{\"other\":1}\n   \n{\"text\":\"c\"}";
    assertThat(server.post("/lines", lines).body().lines())
        .containsExactly(
            "{\"said\":\"1 a\"}",
            "{\"said\":\"3 malformed_json\"}",
            "{\"said\":\"4 b\"}",
            "{\"said\":\"5 payload_too_large\"}",
            "{\"said\":\"6 validation_failed\"}",
            "{\"said\":\"8 c\"}");
  }

  @Test
  void refusesALineThatIsNotUtf8() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send(head(raw) + "3\r\n{\u00ff\n\r\n0\r\n\r\n");
      assertThat(raw.until("\"}")).contains("1 malformed_json");
    }
  }

  @Test
  void answersAnEmptyStreamWithAnEmptyOne() {
    assertThat(server.post("/lines", "").statusCode()).isEqualTo(200);
    assertThat(server.post("/lines", "\n\n").body()).isEmpty();
  }

  @Test
  void answersALineBeforeTheNextOneIsSent() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send(head(raw));
      for (int i = 1; i <= 5; i++) {
        raw.send(chunk("{\"text\":\"a\"}\n"));
        assertThat(raw.until("\"}")).contains("{\"said\":\"" + i + " a\"}");
      }
      raw.send("0\r\n\r\n");
      raw.until("0\r\n\r\n");
      raw.send("GET /plain HTTP/1.1\r\n" + raw.host() + "\r\n");
      assertThat(raw.until("hi")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void takesAStreamFarLargerThanABody() {
    assertThat(server.post("/lines", "{\"text\":\"abc\"}\n".repeat(20_000)).body().lines().count())
        .isEqualTo(20_000);
  }

  @Test
  void endsAStreamThatFailsWithAProblem() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send(head(raw) + chunk("{\"text\":\"a\"}\n") + chunk("{\"text\":\"boom\"}\n"));
      raw.send("0\r\n\r\n");
      assertThat(raw.until("\r\n0\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .contains("1 a", "\"code\":\"internal\"", "The server failed unexpectedly")
          .doesNotContain("secret");
    }
  }

  @Test
  void givesAStreamThatFailsAtOnceAStatus() {
    assertThat(server.post("/lines", "{\"text\":\"down\"}").statusCode()).isEqualTo(503);
    assertThat(server.post("/lines", "{\"text\":\"boom\"}").statusCode()).isEqualTo(500);
  }

  @Test
  void cutsAStreamWhoseClientDoesNotRead() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send(head(raw));
      OutputStream out = raw.socket.getOutputStream();
      byte[] lines = chunk("{\"text\":\"abc\"}\n".repeat(1000)).getBytes(StandardCharsets.UTF_8);
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(() -> {
            try {
              for (int i = 0; i < 20_000; i++) {
                out.write(lines);
              }
              throw new AssertionError("The server took it all");
            } catch (IOException e) {
              // cut, as it should be
            }
          });
      sending.join();
      awaitMetric("status=\"499\"} 1.0");
      awaitMetric("aidb_http_requests_in_flight 0.0");
    }
  }

  @Test
  void endsWithAClientThatGoesAway() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send(head(raw) + chunk("{\"text\":\"a\"}\n"));
      raw.until("1 a");
      raw.socket.setSoLinger(true, 0);
    }
    awaitMetric("status=\"499\"} 1.0");
    awaitMetric("aidb_http_requests_in_flight 0.0");
  }

  @Test
  void endsAStreamThatFallsSilent() throws Exception {
    try (TestServer.Raw raw = server.raw()) {
      raw.send(head(raw) + chunk("{\"text\":\"a\"}\n"));
      raw.until("1 a");
      try (InputStream in = raw.socket.getInputStream()) {
        assertThat(in.readAllBytes()).hasSizeLessThan(50);
      }
    }
  }

  private static String head(TestServer.Raw raw) {
    return "POST /lines HTTP/1.1\r\n" + raw.host() + "Transfer-Encoding: chunked\r\n\r\n";
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private void awaitMetric(String line) throws InterruptedException {
    for (int i = 0; i < 500 && !server.scrape().contains(line); i++) {
      Thread.sleep(20);
    }
    assertThat(server.scrape()).contains(line);
  }
}
