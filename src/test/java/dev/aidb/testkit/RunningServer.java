package dev.aidb.testkit;

import dev.aidb.app.Aidb;
import dev.aidb.config.Config;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A whole server in this process, on a free port, with its data in a folder of its own. The {@link
 * #shared} one serves every test class of the JVM, each with its own collections.
 */
public final class RunningServer implements AutoCloseable {
  private final Path data;
  private final Aidb aidb;
  private final ApiClient client;

  private RunningServer(Path data, UnaryOperator<Config> configured) {
    this.data = data;
    this.aidb = Aidb.start(configured.apply(config(data)), "test");
    this.client = new ApiClient(URI.create("http://127.0.0.1:" + aidb.port()));
  }

  private static final class Shared {
    static final RunningServer INSTANCE = startShared();

    private static RunningServer startShared() {
      RunningServer server = start(config -> config);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      return server;
    }
  }

  /** The server that all tests share; started on first use, stopped when the JVM ends. */
  public static RunningServer shared() {
    return Shared.INSTANCE;
  }

  /** A client of the shared server that checks every answer against the contract. */
  public static ApiClient api() {
    return shared().client;
  }

  /** A server of one's own; to be closed. */
  public static RunningServer start(UnaryOperator<Config> configured) {
    return new RunningServer(newDirectory(), configured);
  }

  /** The defaults, but for a folder and a port that are free, and no rate limits. */
  public static Config config(Path data) {
    return Config.defaults()
        .with("data_dir", data)
        .with("server.port", 0)
        .with("rate_limit.enabled", false);
  }

  /** A new folder within the build's own. */
  public static Path newDirectory() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "servers-for-tests"));
      return Files.createTempDirectory(parent, "data-").toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ApiClient client() {
    return client;
  }

  public int port() {
    return aidb.port();
  }

  public Path data() {
    return data;
  }

  /** The server's database, behind its back; to be closed. */
  public Database database() {
    return Database.open(
        new DatabaseEndpoint(
            "127.0.0.1",
            Integer.parseInt(postmaster().get(3)),
            "aidb",
            "aidb",
            read(data.resolve("secrets/postgres-aidb.password")).strip(),
            DatabaseEndpoint.Tls.DISABLE),
        new PoolSettings(1, 3, Duration.ofSeconds(10), Duration.ofMinutes(30)));
  }

  /** The process of the server's PostgreSQL. */
  public ProcessHandle postgres() {
    return ProcessHandle.of(Long.parseLong(postmaster().getFirst().strip())).orElseThrow();
  }

  private List<String> postmaster() {
    return read(pidFile(data)).lines().map(String::strip).toList();
  }

  /** The file by which PostgreSQL says that it runs on this data directory. */
  public static Path pidFile(Path data) {
    try (var files = Files.find(data, 4, (file, is) -> file.endsWith("postmaster.pid"))) {
      return files.findFirst().orElse(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the server and deletes its data. */
  @Override
  public void close() {
    aidb.close();
    try {
      PostgresForTests.delete(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
