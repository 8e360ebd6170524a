package dev.aidb.store;

import dev.aidb.core.AidbException;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that die without a word, as behind a firewall that forgot them. */
@Timeout(60)
class SilentConnectionsTest {
  private static final PoolSettings IMPATIENT =
      new PoolSettings(1, 1, Duration.ofSeconds(5), Duration.ofMinutes(30))
          .impatient(Duration.ofSeconds(1), Duration.ofSeconds(2));

  /** Less than a patient pool takes for its check alone. */
  private static final Duration SOON = Duration.ofSeconds(4);

  /** Between a pool and the server. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final DatabaseEndpoint server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Socket> silent = new CopyOnWriteArrayList<>();

    Relay(DatabaseEndpoint server) throws IOException {
      this.server = server;
      Thread.startVirtualThread(this::accept);
    }

    DatabaseEndpoint endpoint() {
      return new DatabaseEndpoint(
          "127.0.0.1",
          listener.getLocalPort(),
          server.name(),
          server.user(),
          server.password(),
          server.tls());
    }

    private void accept() {
      try {
        while (true) {
          Socket client = listener.accept();
          Socket onward = new Socket(server.host(), server.port());
          open.addAll(List.of(client, onward));
          Thread.startVirtualThread(() -> pass(client, onward));
          Thread.startVirtualThread(() -> pass(onward, client));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void pass(Socket from, Socket to) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!silent.contains(from)) {
            out.write(buffer, 0, n);
          }
        }
        if (!silent.contains(from)) {
          to.close();
        }
      } catch (IOException e) {
        // one of them is gone
      }
    }

    /** What is open now says nothing any more; what is opened later works. */
    void silence() {
      silent.addAll(open);
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static boolean answers(Database database) {
    try {
      database.ping(Duration.ofSeconds(2));
      return true;
    } catch (AidbException e) {
      return false;
    }
  }

  private static void comesBack(Duration idle) throws Exception {
    try (Relay relay = new Relay(PostgresForTests.server().endpoint());
        Database database = Database.open(relay.endpoint(), IMPATIENT)) {
      Eventually.within(Duration.ofSeconds(20), "it answers", () -> answers(database));
      relay.silence();
      Thread.sleep(idle);
      Eventually.within(SOON, "it answers again", () -> answers(database));
    }
  }

  @Test
  void oneThatLayIdleIsReplaced() throws Exception {
    comesBack(Duration.ofSeconds(1)); // the pool doesn't check what was used half a second ago
  }

  @Test
  void oneThatIsInUseIsReplaced() throws Exception {
    comesBack(Duration.ZERO);
  }
}
