package dev.aidb.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that don't send what they announced. */
@Timeout(60)
class SlowClientsTest {
  private final ApiClient api = RunningServer.api();

  @Test
  void manyHalfSentBodiesHoldUpNobodyElse() throws IOException {
    int port = RunningServer.shared().port();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        String path = i % 2 == 0 ? "/vector/search" : "/documents/batch";
        String type = i % 2 == 0 ? "application/json" : "application/x-ndjson";
        socket
            .getOutputStream()
            .write(
                ("POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: %s\r\n"
                            .formatted(path, port, type)
                        + "Content-Length: 1000\r\n\r\n{\"que")
                    .getBytes(UTF_8));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(api.post("/vector/search", Map.of("query", "x", "mode", "keyword")).status())
            .isEqualTo(200);
        assertThat(api.get("/health/ready").status()).isEqualTo(200);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aBodyInDripsIsServed() throws IOException {
    String json = "{\"query\":\"x\",\"mode\":\"keyword\"}";
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), RunningServer.shared().port())) {
      socket.setSoTimeout(20_000);
      socket.setTcpNoDelay(true);
      socket
          .getOutputStream()
          .write(
              ("POST /vector/search HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n"
                          .formatted(socket.getPort())
                      + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                          .formatted(json.length()))
                  .getBytes(UTF_8));
      for (byte b : json.getBytes(UTF_8)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
        assertThat(api.get("/health/live").status()).isEqualTo(200); // others go on meanwhile
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200");
    }
  }
}
