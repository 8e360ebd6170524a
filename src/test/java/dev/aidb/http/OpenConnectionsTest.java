package dev.aidb.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.http.TestServer.Raw;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More clients than connections: a server for 64 whose clients may be silent for long. */
@Timeout(30)
class OpenConnectionsTest {
  private static final int MAX = 64;
  private static final int CROWD = 4 * MAX;

  private final TestServer server =
      new TestServer(HttpSettings.at("127.0.0.1", 0).withConnectionsMax(MAX));
  private final List<Raw> crowd = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Raw one : crowd) {
      one.close();
    }
    server.close();
  }

  private Raw newcomer() {
    Raw raw = server.raw();
    crowd.add(raw);
    return raw;
  }

  private static String get(Raw raw) {
    return "GET /plain HTTP/1.1\r\n" + raw.host() + "\r\n";
  }

  private static void assertServed(Raw raw) throws IOException {
    assertThat(raw.send(get(raw)).until("\r\n\r\nhi")).startsWith("HTTP/1.1 200");
  }

  @Test
  void theSilentGiveWayToThoseWhoAsk() throws Exception {
    for (int i = 0; i < CROWD; i++) {
      newcomer();
      assertServed(newcomer());
    }
    assertQuiet();
  }

  @Test
  void thoseWhoDripAHeadGiveWayToo() throws Exception {
    for (int i = 0; i < CROWD; i++) {
      newcomer().send("GET /plain HTTP/1.1\r\nX-");
    }
    assertServed(newcomer());
    assertQuiet();
  }

  @Test
  void whoAsksNowAndThenKeepsItsConnection() throws Exception {
    Raw regular = newcomer();
    for (int i = 0; i < CROWD; i++) {
      if (i % (MAX / 4) == 0) {
        assertServed(regular);
      }
      assertServed(newcomer());
    }
    assertServed(regular);
  }

  @Test
  void noRequestIsCutForANewcomer() throws Exception {
    Raw busy = newcomer();
    String json = "{\"text\":\"a\"}";
    busy.send(
        "POST /wait HTTP/1.1\r\n" + busy.host() + "Content-Length: " + json.length() + "\r\n\r\n");
    busy.send(json);
    server.entered.await();
    for (int i = 0; i < CROWD; i++) {
      assertServed(newcomer());
    }
    server.gate.release();
    assertThat(busy.until("}")).startsWith("HTTP/1.1 200").endsWith("{\"said\":\"waited\"}");
  }

  /** To be displaced, to leave or to be silent is no failure of the server. */
  private void assertQuiet() throws IOException {
    assertServed(newcomer());
    assertThat(server.scrape())
        .contains("aidb_http_connections_displaced_total ")
        .doesNotContain("status=\"500\"", "aidb_http_connections_displaced_total 0.0");
  }
}
