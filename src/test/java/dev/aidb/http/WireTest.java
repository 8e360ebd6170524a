package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients do to the wire: too much, too slowly, wrongly, or not at all. */
@Timeout(20)
class WireTest {
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

  private final TestServer server = new TestServer();
  private TestServer.Raw raw;

  @BeforeEach
  void connect() {
    raw = server.raw();
  }

  @AfterEach
  void close() throws IOException {
    raw.close();
    server.close();
  }

  @Test
  void refusesADeclaredBodyOverTheLimitUnread() throws Exception {
    raw.send(post("/echo") + "Content-Length: 10485760\r\n\r\n");
    assertThat(raw.until("}")).startsWith("HTTP/1.1 413").contains("payload_too_large");
  }

  @Test
  void refusesALargeBodyEvenWhileTheClientIsStillSendingIt() {
    assertThat(server.post("/echo", "x".repeat(100_000)).statusCode()).isEqualTo(413);
    assertThat(server.scrape())
        .contains(
            "aidb_http_requests_total{endpoint=\"/echo\",method=\"POST\",status=\"413\"} 1.0");
  }

  @Test
  void refusesAChunkedBodyOverTheLimit() throws Exception {
    raw.send(post("/echo") + CHUNKED);
    String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
    for (int i = 0; i < 17; i++) {
      raw.send(chunk);
    }
    assertThat(raw.until("}")).startsWith("HTTP/1.1 413");
  }

  @Test
  void refusesASingleHugeChunkWithoutHoldingIt() throws Exception {
    raw.send(post("/echo") + CHUNKED + "7ffffff0\r\n");
    OutputStream out = raw.socket.getOutputStream();
    byte[] piece = new byte[64 * 1024];
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(() -> {
          try {
            for (int i = 0; i < 64; i++) {
              out.write(piece);
            }
          } catch (IOException e) {
            // refused, as it should be
          }
        });
    assertThat(raw.until("}")).startsWith("HTTP/1.1 413");
    sending.get(10, TimeUnit.SECONDS);
  }

  @Test
  void takesABodyOfExactlyTheLimit() throws Exception {
    String json = "{\"text\":\"a\"}";
    raw.send(
        post("/echo") + "Content-Length: 65536\r\n\r\n" + json + " ".repeat(65536 - json.length()));
    assertThat(raw.until("}")).startsWith("HTTP/1.1 200");
  }

  @Test
  void takesAChunkedBody() throws Exception {
    raw.send(post("/echo") + CHUNKED + "5\r\n{\"tex\r\n7\r\nt\":\"a\"}\r\n0\r\n\r\n");
    assertThat(raw.until("}")).startsWith("HTTP/1.1 200").endsWith("{\"said\":\"a\"}");
  }

  @Test
  void saysContinueOnlyWhenTheBodyIsWanted() throws Exception {
    raw.send(post("/echo") + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n");
    assertThat(raw.until("\r\n\r\n")).startsWith("HTTP/1.1 100");
    raw.send("{\"text\":\"a\"}");
    assertThat(raw.until("}")).startsWith("HTTP/1.1 200");

    raw.send(post("/echo") + "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
    assertThat(raw.toEnd()).startsWith("HTTP/1.1 413");
  }

  @Test
  void theBodiesOfAllRequestsTogetherAreBoundedToo() throws Exception {
    String large = "{\"text\":\"x\"" + " ".repeat(60_000) + "}";
    List<CompletableFuture<Integer>> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(
          CompletableFuture.supplyAsync(
              () -> server.post("/wait", large).statusCode(), Thread::startVirtualThread));
    }
    while (server.gate.getQueueLength() < 3) {
      Thread.sleep(5);
    }

    HttpResponse<String> refused = server.post("/echo", large);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("overloaded");
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    assertThat(server.post("/echo", "{\"text\":\"x\"}").statusCode()).isEqualTo(200);

    server.gate.release(3);
    for (CompletableFuture<Integer> each : held) {
      assertThat(each.get()).isEqualTo(200);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(server.post("/echo", large).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void closesTheConnectionOfAClientThatIsSilentInsideItsBody() throws Exception {
    raw.send(post("/echo") + "Content-Length: 100\r\n\r\n{");
    assertThat(raw.toEnd()).isEmpty();
  }

  @Test
  void gives408ToATricklingClient() throws Exception {
    raw.send(post("/echo") + "Content-Length: 1000\r\n\r\n");
    CompletableFuture<Void> trickle = CompletableFuture.runAsync(this::trickle);
    assertThat(raw.until("}")).startsWith("HTTP/1.1 408");
    raw.close();
    trickle.get(10, TimeUnit.SECONDS);
  }

  @Test
  void closesAConnectionWhoseHeadTrickles() throws Exception {
    raw.send("GET /plain HTTP/1.1\r\n" + raw.host() + "X-Slow: ");
    CompletableFuture<Void> trickle = CompletableFuture.runAsync(this::trickle);
    assertThat(bytesToTheEnd()).isLessThan(1000);
    trickle.get(10, TimeUnit.SECONDS);
  }

  /** How many bytes come; a connection that is closed while the client sends is reset. */
  private int bytesToTheEnd() throws IOException {
    int bytes = 0;
    try {
      while (raw.socket.getInputStream().read() >= 0) {
        bytes++;
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return bytes;
  }

  private void trickle() {
    try {
      for (int i = 0; i < 60; i++) {
        raw.send(" ");
        Thread.sleep(50);
      }
    } catch (IOException e) {
      // closed by the server
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closesAnIdleConnectionSilently() throws Exception {
    assertThat(raw.send("GET /plain HTTP/1.1\r\n" + raw.host() + "\r\n").until("hi"))
        .startsWith("HTTP/1.1 200");
    assertThat(raw.toEnd()).isEmpty();
  }

  @Test
  void clientsThatLeaveOrAreSilentAreNoFailures() throws Exception {
    try (TestServer.Raw silent = server.raw();
        TestServer.Raw half = server.raw();
        TestServer.Raw rude = server.raw()) {
      half.send("GET /plain HTTP/1.1\r\nHos").socket.shutdownOutput();
      rude.send("GET /plain HTTP/1.1\r\n" + rude.host() + "\r\n").until("hi");
      rude.socket.setSoLinger(true, 0);
      rude.close();
      assertThat(half.toEnd()).isEmpty();
      assertThat(silent.toEnd()).isEmpty();
    }
    awaitMetric("aidb_http_connections 0.0");
    assertThat(server.scrape()).doesNotContain("status=\"500\"");
  }

  @Test
  void answersAHalfClosedClient() throws Exception {
    raw.send(post("/echo") + "Content-Length: 12\r\n\r\n{\"text\":\"a\"}");
    raw.socket.shutdownOutput();
    assertThat(raw.toEnd()).startsWith("HTTP/1.1 200").endsWith("{\"said\":\"a\"}");
  }

  @Test
  void countsAClientThatLeavesInsideItsBody() throws Exception {
    raw.send(post("/echo") + "Content-Length: 12\r\n\r\n{");
    raw.socket.setSoLinger(true, 0);
    raw.close();
    awaitMetric("aidb_http_requests_total{endpoint=\"/echo\",method=\"POST\",status=\"499\"} 1.0");
    awaitMetric("aidb_http_requests_in_flight 0.0");
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    String one = post("/echo") + "Content-Length: 12\r\n\r\n{\"text\":\"%s\"}";
    raw.send(one.formatted("a") + one.formatted("b") + one.formatted("c"));
    assertThat(raw.until("{\"said\":\"c\"}").replaceAll("(?s).*?(\\{.*?\\})", "$1"))
        .isEqualTo("{\"said\":\"a\"}{\"said\":\"b\"}{\"said\":\"c\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /plain HTTP/1.1\r\n\r\n",
        "GET /plain HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /pl|ain HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /plain HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET /plain HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
      })
  void answersMalformedRequestsWithAProblem(String request) throws Exception {
    assertThat(raw.send(request).toEnd())
        .matches("(?s)HTTP/1.1 [45].*")
        .contains("application/problem+json", "X-Request-ID: ", "\"code\":")
        .doesNotContain("xception", "nonsense");
  }

  @Test
  void refusesAnEndlessHead() throws Exception {
    raw.send("GET /plain HTTP/1.1\r\n" + raw.host() + "X-Long: " + "x".repeat(9_000) + "\r\n\r\n");
    assertThat(raw.until("}")).matches("(?s)HTTP/1.1 4(00|31).*").contains("problem+json");
  }

  @Test
  void refusesAnOddChunkSize() throws Exception {
    assertThat(raw.send(post("/echo") + CHUNKED + "zz\r\n").until("}")).startsWith("HTTP/1.1 400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "127.0.0.1:1", "127.0.0.1", "localhost.evil:80", "127.0.0.2"})
  void refusesForeignHosts(String host) throws Exception {
    assertThat(raw.send("GET /plain HTTP/1.1\r\nHost: " + host + "\r\n\r\n").until("}"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void cutsAClientThatDoesNotRead() throws Exception {
    raw.send(post("/big") + "Content-Length: 12\r\n\r\n{\"text\":\"a\"}");
    awaitMetric("aidb_http_requests_total{endpoint=\"/big\",method=\"POST\",status=\"499\"} 1.0");
    awaitMetric("aidb_http_requests_in_flight 0.0");
  }

  @Test
  void servesAClientThatReadsSlowlyButSteadily() throws Exception {
    raw.send(post("/big") + "Connection: close\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}");
    InputStream in = raw.socket.getInputStream();
    byte[] piece = new byte[4 * 1024 * 1024];
    long total = 0;
    for (int n = in.readNBytes(piece, 0, piece.length);
        n > 0;
        n = in.readNBytes(piece, 0, piece.length)) {
      total += n;
      Thread.sleep(10);
    }
    assertThat(total).isGreaterThan(32 * 1024 * 1024);
  }

  @Test
  void boundsTheCardinalityOfWhatStrangersMakeUp() throws Exception {
    for (int i = 0; i < 20; i++) {
      server.get("/made/up/" + i);
      server.get("/items/" + i);
      try (TestServer.Raw one = server.raw()) {
        one.send("M" + i + " /plain HTTP/1.1\r\n" + one.host() + "\r\n").until("}");
      }
    }
    assertThat(server.scrape())
        .contains(
            "aidb_http_requests_total{endpoint=\"unmatched\",method=\"GET\",status=\"404\"} 20.0")
        .contains(
            "aidb_http_requests_total{endpoint=\"unmatched\",method=\"OTHER\",status=\"405\"} 20.0")
        .contains(
            "aidb_http_requests_total{endpoint=\"/items/{id}\",method=\"GET\",status=\"200\"} 20.0")
        .doesNotContain("made", "M1");
  }

  @Test
  void finishesWhatIsInFlightWhenItCloses() throws Exception {
    raw.send(post("/wait") + "Content-Length: 12\r\n\r\n{\"text\":\"a\"}");
    server.entered.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server::close);
    Thread.sleep(100);
    assertThat(closing).isNotDone();
    server.gate.release();
    assertThat(raw.until("}")).startsWith("HTTP/1.1 200").endsWith("{\"said\":\"waited\"}");
    closing.get(10, TimeUnit.SECONDS);
  }

  private String post(String path) {
    return "POST " + path + " HTTP/1.1\r\n" + raw.host();
  }

  private void awaitMetric(String line) throws InterruptedException {
    for (int i = 0; i < 500 && !server.scrape().contains(line); i++) {
      Thread.sleep(20);
    }
    assertThat(server.scrape()).contains(line);
  }
}
