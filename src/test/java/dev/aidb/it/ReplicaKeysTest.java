package dev.aidb.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.config.Config;
import dev.aidb.keys.KeyScope;
import dev.aidb.keys.KeysForTests;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import dev.aidb.testkit.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two servers on one database, with one pepper. */
class ReplicaKeysTest {
  private static final String PEPPER = "the pepper that both replicas share, by a file";
  private static final Duration REVOKED_WITHIN = Duration.ofSeconds(5);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** All that is logged by this JVM meanwhile. */
  private static final class Lines extends Handler {
    private final StringBuffer lines = new StringBuffer();

    @Override
    public void publish(LogRecord line) {
      lines.append(line.getMessage()).append(' ');
      Object[] parameters = line.getParameters();
      if (parameters != null) {
        lines.append(List.of(parameters));
      }
      if (line.getThrown() != null) {
        lines.append(line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static int status(RunningServer server, String key) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(server.client().base() + "/collections"))
                  .header("Authorization", "Bearer " + key)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Config replica(Config config, DatabaseEndpoint endpoint) {
    return config
        .with("database.host", endpoint.host())
        .with("database.mode", "external")
        .with("database.port", endpoint.port())
        .with("database.name", endpoint.name())
        .with("database.user", endpoint.user())
        .with("database.password", endpoint.password())
        .with("database.pool.size", 2)
        .with("auth.required", true)
        .with("auth.pepper", PEPPER)
        .with("rate_limit.enabled", false);
  }

  @Test
  void aRevocationIsInEffectOnBothWithinFiveSecondsAndNothingShowsASecret() throws Exception {
    DatabaseEndpoint endpoint = PostgresForTests.freshEndpoint();
    Lines log = new Lines();
    Logger root = Logger.getLogger("");
    root.addHandler(log);
    try (RunningServer one = RunningServer.start(config -> replica(config, endpoint));
        RunningServer two = RunningServer.start(config -> replica(config, endpoint));
        Database database = Database.open(endpoint, PoolSettings.defaults())) {
      // One of them made the first admin key, and the other one found it made.
      assertThat(one.data().resolve("secrets/admin.key")).exists();
      assertThat(two.data().resolve("secrets/admin.key")).doesNotExist();
      String admin = Files.readString(one.data().resolve("secrets/admin.key")).strip();
      assertThat(status(two, admin)).isEqualTo(200);

      KeysForTests keys = KeysForTests.of(database, PEPPER);
      String key = keys.create("shared", KeyScope.READ);
      for (RunningServer server : List.of(one, two)) {
        Eventually.within(
            Duration.ofSeconds(5), "the key is known", () -> status(server, key) == 200);
      }
      keys.revoke("shared");
      for (RunningServer server : List.of(one, two)) {
        Eventually.within(
            Duration.ofSeconds(5), "the key is revoked", () -> status(server, key) == 401);
      }
      String unknown = keys.unknown();
      assertThat(status(one, unknown)).isEqualTo(401);

      String audit =
          database.withHandle(handle ->
              handle
                  .createQuery("SELECT coalesce(string_agg(a::text, ' '), '') FROM audit_event a")
                  .mapTo(String.class)
                  .one());
      assertThat(audit).contains("key.revoke");
      for (String text : List.of(admin, key, unknown)) {
        String secret = text.substring(text.lastIndexOf('_') + 1);
        assertThat(log.lines.toString()).contains("Audit:").doesNotContain(secret);
        assertThat(audit).doesNotContain(secret);
      }
      assertThat(log.lines.toString()).doesNotContain(PEPPER);
    } finally {
      root.removeHandler(log);
    }
  }

  @Test
  @Timeout(60)
  void anOpenStreamEndsWithItsKey() throws Exception {
    DatabaseEndpoint endpoint = PostgresForTests.freshEndpoint();
    try (Database database = Database.open(endpoint, PoolSettings.defaults())) {
      String key = streamUntilRevoked(endpoint, database);
      assertThat(refusals(database)) // stored when the server closed
          .anyMatch(row -> row.startsWith("key:" + key.split("_")[1] + " put_documents "));
    }
  }

  /** Gives the key. */
  private static String streamUntilRevoked(DatabaseEndpoint endpoint, Database database)
      throws Exception {
    try (RunningServer server = RunningServer.start(config -> replica(config, endpoint))) {
      KeysForTests keys = KeysForTests.of(database, PEPPER);
      String key = keys.create("writer", KeyScope.WRITE);
      Eventually.within(
          Duration.ofSeconds(5), "the key is known", () -> status(server, key) == 200);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoTimeout(10_000);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        send(
            socket,
            "POST /documents/batch HTTP/1.1\r\nHost: localhost\r\nX-API-Key: "
                + key
                + "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(lineAnswered(socket, in)).contains("\"line\":1");
        keys.revoke("writer");
        long revoked = System.nanoTime();
        String answer = lineAnswered(socket, in);
        while (answer.contains("\"line\"")) {
          assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(REVOKED_WITHIN);
          Thread.sleep(100);
          answer = lineAnswered(socket, in);
        }
        assertThat(answer).contains("\"unauthorized\"", "was revoked");
        assertThat(in.lines().anyMatch("0"::equals)).as("the end of the stream").isTrue();
      }
      return key;
    }
  }

  private static List<String> refusals(Database database) {
    return database.withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT actor || ' ' || target || ' ' || details FROM audit_event
                WHERE action = 'request.refuse'
                """)
            .mapTo(String.class)
            .list());
  }

  /** The answer to one more line; what the line holds doesn't matter. */
  private static String lineAnswered(Socket socket, BufferedReader in) throws IOException {
    String line = "{\"collection\":\"nowhere\",\"path\":\"a\",\"content\":\"b\"}\n";
    send(socket, Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
    return in.lines().filter(answer -> answer.startsWith("{")).findFirst().orElseThrow();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }
}
