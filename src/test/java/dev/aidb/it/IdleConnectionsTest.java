package dev.aidb.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand clients that hold a connection and ask nothing. */
@Timeout(60)
class IdleConnectionsTest {
  private static final int WANTED = 10_000;

  /** What the server keeps open of them, and what this process needs besides. */
  private static final int OTHER_FILES = 2_048 + 1_500;

  private static final int LOOK_EVERY = 500;

  private final int port = RunningServer.shared().port();

  @Test
  void shutNobodyOut() throws IOException {
    int count = Math.min(WANTED, openFilesMax() - OTHER_FILES);
    if (count < WANTED) {
      System.out.println(
          "IdleConnectionsTest holds " + count + " connections only: the limit of open files");
    }
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoLinger(true, 0); // leaves no port behind in TIME_WAIT
        idle.add(socket);
        switch (i % 3) {
          case 0 -> {
            // says nothing at all
          }
          case 1 -> {
            request(socket, "keep-alive");
            assertThat(status(socket)).isEqualTo("HTTP/1.1 200");
          }
          default -> send(socket, "GET /collections HTTP/1.1\r\nHost: 127");
        }
        if (i % LOOK_EVERY == 0) {
          assertServed();
        }
      }
      assertServed();
      assertThat(RunningServer.api().metric("aidb_http_connections")).isLessThanOrEqualTo(2_048);
      if (count > 2_048) {
        assertThat(RunningServer.api().metric("aidb_http_connections_displaced_total"))
            .isGreaterThanOrEqualTo(count - 2_048);
      }
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  /** A client that comes now is answered. */
  private void assertServed() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      request(socket, "close");
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200")
          .contains("nixos_docs");
    }
  }

  private static void request(Socket socket, String connection) throws IOException {
    socket.setSoTimeout(20_000);
    send(
        socket,
        "GET /collections HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: %s\r\n\r\n"
            .formatted(socket.getPort(), connection));
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  private static String status(Socket socket) throws IOException {
    return new String(socket.getInputStream().readNBytes("HTTP/1.1 200".length()), UTF_8);
  }

  private static int openFilesMax() {
    try {
      Matcher line =
          Pattern.compile("(?m)^Max open files\\s+(\\d{1,9}) ")
              .matcher(Files.readString(Path.of("/proc/self/limits")));
      return line.find() ? Integer.parseInt(line.group(1)) : Integer.MAX_VALUE;
    } catch (IOException e) {
      return Integer.MAX_VALUE;
    }
  }
}
