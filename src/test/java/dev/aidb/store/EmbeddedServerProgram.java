package dev.aidb.store;

import java.nio.file.Path;
import java.time.Duration;

/** Runs the embedded server, commits a row, says so and waits to be killed. */
final class EmbeddedServerProgram {
  static final String COMMITTED = "committed";

  private EmbeddedServerProgram() {}

  public static void main(String[] args) throws InterruptedException {
    DataDirectory directory = DataDirectory.open(Path.of(args[0]));
    EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
    Database database =
        Database.open(
            server.endpoint(),
            new PoolSettings(1, 1, Duration.ofSeconds(10), Duration.ofMinutes(30)));
    database.useHandle(h -> h.execute("INSERT INTO t VALUES (42)"));
    System.out.println(COMMITTED);
    Thread.sleep(Duration.ofMinutes(2));
  }
}
