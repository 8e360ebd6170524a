package dev.aidb.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Client;
import dev.aidb.it.Program;
import dev.aidb.it.Program.Ended;
import dev.aidb.it.Server;
import dev.aidb.testkit.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a server ends when it is told to, and what it leaves behind. */
class ShutdownTest {
  /** The grace of requests in flight, and of each part after it. */
  private static final int END_SECONDS_MAX = 60;

  /** All tests use one data directory, so that each also shows how the one before has left it. */
  @TempDir private static Path shared;

  private static Path data() {
    return shared.resolve("data");
  }

  @Test
  void aRequestInFlightIsFinished() throws Exception {
    String body = "{\"collection\":\"nixos_docs\",\"path\":\"p\",\"content\":\"in flight\"}";
    try (Server server = Server.start(data());
        Socket slow = new Socket("127.0.0.1", server.awaitServing().getPort())) {
      slow.setSoTimeout(20_000);
      String head =
          "POST /documents HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                  .formatted(slow.getPort())
              + "Connection: close\r\nContent-Length: %d\r\n\r\n".formatted(body.length());
      send(slow, head + body.substring(0, 20));
      Thread.sleep(500); // its handler waits for the rest
      server.signal("TERM");
      Thread.sleep(500);
      send(slow, body.substring(20));

      String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).as(server.said()).startsWith("HTTP/1.1 201");
      assertCleanEnd(server);
    }
  }

  /** What a load balancer and its clients see. */
  @Test
  void readinessFailsFirstAndThenNobodyIsLetIn() throws Exception {
    String body = "{\"collection\":\"nixos_docs\",\"path\":\"d\",\"content\":\"in flight\"}";
    Program program = Program.plain().with("AIDB_SERVER_STOP_DELAY", "PT2S");
    try (Server server = Server.begin(program, data());
        Client client = server.client();
        Socket slow = new Socket("127.0.0.1", server.awaitServing().getPort())) {
      slow.setSoTimeout(30_000);
      int port = slow.getPort();
      assertThat(client.get("/health/ready").status()).isEqualTo(200);
      server.signal("TERM");
      Eventually.within(
          Duration.ofSeconds(2), "not ready", () -> ask(port, "/health/ready").startsWith("503"));
      assertThat(ask(port, "/health/live")).startsWith("200");
      assertThat(ask(port, "/collections")).startsWith("200");
      String head =
          "POST /documents HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                  .formatted(port)
              + "Connection: close\r\nContent-Length: %d\r\n\r\n".formatted(body.length());
      send(slow, head + body.substring(0, 20));
      Eventually.within(
          Duration.ofSeconds(10), "nobody is let in", () -> ask(port, "/health/live").isEmpty());
      send(slow, body.substring(20));

      assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .as(server.said())
          .startsWith("HTTP/1.1 201");
      assertCleanEnd(server);
    }
  }

  /** What a new connection is answered from the status on; empty when there is none. */
  private static String ask(int port, String path) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      send(
          socket,
          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"
              .formatted(path, port));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.isEmpty() ? "" : answer.substring("HTTP/1.1 ".length());
    } catch (IOException e) {
      return "";
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Test
  void underLoadItEndsWithoutACrashAndLosesNothing() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ShutdownTest seed " + seed);
    Traffic traffic = new Traffic(seed);
    Path other = shared.resolve("loaded");
    try (Server server = Server.start(other);
        Client client = server.client()) {
      traffic.start(client);
      Thread.sleep(1_500);
      server.signal("INT");
      assertCleanEnd(server);
      traffic.stop();
    }
    try (Server server = Server.start(other);
        Client client = server.client()) {
      new Inspection(client, traffic.histories()).everythingAcknowledgedIsThere();
    }
  }

  @Test
  void duringTheStartItEndsAtOnce() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ShutdownTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      try (Server server = Server.begin(Program.plain(), data())) {
        Thread.sleep(random.nextInt(300, 1_500));
        server.signal("TERM");
        Ended end = server.awaitEnd(20);
        assertThat(end.status()).as(end.err()).isIn(0, 143);
        server.awaitNoPostgres(Duration.ofSeconds(20));
      }
    }
    Server.start(data()).close();
  }

  @Test
  void postgresqlDoesNotOutliveAKilledJvm() throws Exception {
    try (Server server = Server.start(data())) {
      assertThat(server.postgres()).isNotEmpty();
      server.killJvm();
      server.awaitNoPostgres(Duration.ofSeconds(20));
    }
  }

  private static void assertCleanEnd(Server server) throws Exception {
    Ended end = server.awaitEnd(END_SECONDS_MAX);
    assertThat(end.status()).as(end.err()).isZero();
    assertThat(server.postgres()).isEmpty();
    assertThat(end.err()).doesNotContain("SIGSEGV", "didn't stop cleanly");
  }
}
