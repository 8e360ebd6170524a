package dev.aidb.app;

import dev.aidb.config.Config;
import dev.aidb.core.StartFailure;
import dev.aidb.keys.SecretFile;
import dev.aidb.store.DataDirectory;
import dev.aidb.store.DataDirectoryInUse;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.EmbeddedPostgres;
import dev.aidb.store.EmbeddedSettings;
import dev.aidb.store.Migrations;
import dev.aidb.store.PoolSettings;
import dev.aidb.store.RunningPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The configured database, for a verb that works on it without asking a server: an external one;
 * the embedded one of a server that runs; or else the embedded one, started for as long as the verb
 * takes.
 */
final class OwnDatabase implements AutoCloseable {
  private static final Duration STARTING_MAX = Duration.ofSeconds(30);
  private static final PoolSettings CONNECTION =
      new PoolSettings(1, 0, Duration.ofSeconds(30), Duration.ofMinutes(30));

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Database database;
  private final Path secrets;

  /**
   * @param mayBeNew whether a data directory that holds nothing yet is made; otherwise a mistyped
   *     one is refused
   * @throws StartFailure when the database can't be reached or started
   */
  OwnDatabase(Config config, boolean mayBeNew) {
    try {
      DatabaseEndpoint endpoint =
          switch (config.database().mode()) {
            case EXTERNAL -> external(config);
            case EMBEDDED -> embedded(config.dataDir(), mayBeNew);
          };
      secrets = secrets(config.dataDir());
      database = Database.open(endpoint, CONNECTION);
      opened.push(database);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  Database database() {
    return database;
  }

  /** The data directory's folder of secrets. */
  Path secrets() {
    return secrets;
  }

  private static DatabaseEndpoint external(Config config) {
    DatabaseEndpoint endpoint = Externals.endpoint(config.database());
    Migrations.run(endpoint);
    return endpoint;
  }

  private DatabaseEndpoint embedded(Path root, boolean mayBeNew) {
    if (!mayBeNew && !Files.exists(root.resolve("postgres"))) {
      throw new StartFailure(
          "There is no AIDB in " + root, "Name its data directory with --data-dir or --config.");
    }
    checkOwner(root);
    try {
      DataDirectory directory = DataDirectory.open(root);
      opened.push(directory);
      EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
      opened.push(server);
      Migrations.run(server.endpoint());
      return server.endpoint();
    } catch (DataDirectoryInUse e) {
      DatabaseEndpoint running = RunningPostgres.endpoint(e.root(), STARTING_MAX);
      Migrations.require(running, STARTING_MAX); // it may be at its first start
      return running;
    }
  }

  /** What another user writes here, root too, the server couldn't read. */
  private static void checkOwner(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try {
      Path mine = Files.createTempFile("aidb-", ".owner");
      try {
        if (!Files.getOwner(mine).equals(Files.getOwner(root))) {
          throw new StartFailure(
              "The data directory " + root + " belongs to " + Files.getOwner(root).getName(),
              "Run this as that user, for example with: sudo -u " + Files.getOwner(root).getName());
        }
      } finally {
        Files.delete(mine);
      }
    } catch (IOException e) {
      throw new StartFailure("The owner of " + root + " can't be found", "", e);
    }
  }

  private static Path secrets(Path root) {
    try {
      return SecretFile.folderAt(root.resolve("secrets"));
    } catch (IOException e) {
      throw new StartFailure(
          "The folder of secrets in " + root + " can't be made", "Check who owns it.", e);
    }
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        System.getLogger(OwnDatabase.class.getName())
            .log(System.Logger.Level.WARNING, "A part did not close", e);
      }
    }
  }
}
