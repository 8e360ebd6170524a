package dev.aidb.testkit;

import dev.aidb.store.DataDirectory;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.EmbeddedPostgres;
import dev.aidb.store.EmbeddedSettings;
import dev.aidb.store.Migrations;
import dev.aidb.store.PoolSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One real embedded server for all tests of this JVM, started on first use and stopped at exit, and
 * databases on it that start as the migrations leave them.
 *
 * <p>Transactions of every database of a server hold back the reading of a change log: a test must
 * not leave one open.
 */
public final class PostgresForTests {
  private static final String TEMPLATE = "migrated";
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final PoolSettings SMALL_POOL =
      new PoolSettings(2, 18, Duration.ofSeconds(10), Duration.ofMinutes(30));

  private final DataDirectory directory;
  private final EmbeddedPostgres server;

  private PostgresForTests(DataDirectory directory, EmbeddedPostgres server) {
    this.directory = directory;
    this.server = server;
  }

  private static final class Shared {
    static final PostgresForTests INSTANCE = start();
  }

  /** A migrated, empty database of its own; close it when the test is done. */
  public static Database freshDatabase() {
    return Database.open(freshEndpoint(), SMALL_POOL);
  }

  /** Where a migrated, empty database of its own is. */
  public static DatabaseEndpoint freshEndpoint() {
    return Shared.INSTANCE.create(TEMPLATE);
  }

  /** Where a database of its own is that no migration has seen. */
  public static DatabaseEndpoint emptyEndpoint() {
    return Shared.INSTANCE.create("template1");
  }

  /** The server, which the tests of other classes use too. */
  public static EmbeddedPostgres server() {
    return Shared.INSTANCE.server;
  }

  private static PostgresForTests start() {
    try {
      DataDirectory directory = DataDirectory.open(newDirectory());
      EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
      PostgresForTests started = new PostgresForTests(directory, server);
      Runtime.getRuntime().addShutdownHook(new Thread(started::stop));
      started.sql("ALTER SYSTEM SET fsync = off"); // nothing here is meant to outlive the machine
      started.sql("SELECT pg_reload_conf()");
      started.sql("CREATE DATABASE " + TEMPLATE + " OWNER aidb");
      Migrations.run(server.endpoint().withName(TEMPLATE));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Within the build's own folder, out of the way of whoever tidies the machine's. */
  private static Path newDirectory() throws IOException {
    Path parent = Files.createDirectories(Path.of("target", "postgres-for-tests"));
    return Files.createTempDirectory(parent, "data-");
  }

  private DatabaseEndpoint create(String template) {
    String name = "test_" + NUMBER.incrementAndGet();
    sql("CREATE DATABASE %s TEMPLATE %s OWNER aidb".formatted(name, template));
    return server.endpoint().withName(name);
  }

  // CREATE DATABASE copies a template that nobody may be connected to, so one at a time.
  private synchronized void sql(String statement) {
    DatabaseEndpoint admin = server.superuser();
    String url = "jdbc:postgresql://%s:%d/%s".formatted(admin.host(), admin.port(), admin.name());
    try (Connection connection = DriverManager.getConnection(url, admin.user(), admin.password());
        Statement s = connection.createStatement()) {
      s.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(statement, e);
    }
  }

  private void stop() {
    server.close();
    directory.close();
    try {
      // Not by the JVM, whose end would wait: a database for each test makes thousands of files.
      new ProcessBuilder("rm", "-rf", directory.root().toString()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory with all in it. */
  public static void delete(Path path) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(path)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path p : all) {
      Files.deleteIfExists(p);
    }
  }
}
