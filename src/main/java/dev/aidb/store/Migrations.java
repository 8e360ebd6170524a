package dev.aidb.store;

import dev.aidb.core.Deadline;
import dev.aidb.core.StartFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalInt;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Brings a database to this program's schema: the scripts of {@code db/migration}, in order, each
 * in a transaction, under PostgreSQL's advisory lock, so that any number of programs may start at
 * once.
 */
public final class Migrations {
  /** The newest script's number. */
  static final int NEWEST = 8;

  /** A start is patient: on a machine that is busy booting, all of its programs are slow. */
  private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final String APPLICATION = "aidb-migrate";

  private Migrations() {}

  /**
   * Applies what is missing. A database that is up to date costs one connection and one query.
   *
   * @throws StartFailure when the server can't be reached, a script fails, or the database was
   *     written by a newer program
   */
  public static void run(DatabaseEndpoint endpoint) {
    PGSimpleDataSource source = PostgresConnections.unbounded(endpoint, APPLICATION);
    source.setLoginTimeout((int) LOGIN_TIMEOUT.toSeconds());
    OptionalInt present = present(endpoint, source);
    if (present.isPresent() && present.getAsInt() > NEWEST) {
      throw new StartFailure(
          "The database %s has schema version %d, and this aidb knows up to %d"
              .formatted(endpoint, present.getAsInt(), NEWEST),
          "Run the newer aidb again that wrote it.");
    }
    if (present.isEmpty() || present.getAsInt() < NEWEST) {
      migrate(endpoint, source);
    }
  }

  /**
   * Makes sure that a database has this program's schema, without changing it: a server that may be
   * older is at work on it.
   *
   * @param patience how long is waited for a schema that is not there yet or older, since the
   *     server may be about to bring it up to date
   * @throws StartFailure when it has another one, or can't be reached
   */
  public static void require(DatabaseEndpoint endpoint, Duration patience) {
    PGSimpleDataSource source = PostgresConnections.unbounded(endpoint, APPLICATION);
    source.setLoginTimeout((int) LOGIN_TIMEOUT.toSeconds());
    Deadline deadline = Deadline.in(patience);
    OptionalInt present = present(endpoint, source);
    while (present.orElse(0) < NEWEST && !deadline.passed()) {
      pause();
      present = present(endpoint, source);
    }
    if (present.isEmpty() || present.getAsInt() != NEWEST) {
      throw new StartFailure(
          "The server that runs has another schema of the database than this aidb",
          "Restart the server with this version, or use the version that runs.");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted", "", e);
    }
  }

  private static OptionalInt present(DatabaseEndpoint endpoint, PGSimpleDataSource source) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet table =
          statement.executeQuery("SELECT to_regclass('flyway_schema_history') IS NOT NULL")) {
        if (!table.next() || !table.getBoolean(1)) {
          return OptionalInt.empty();
        }
      }
      try (ResultSet version =
          statement.executeQuery(
              """
              SELECT coalesce(max(version::integer), 0), bool_and(success)
              FROM flyway_schema_history
              WHERE version IS NOT NULL
              """)) {
        return version.next() && version.getBoolean(2)
            ? OptionalInt.of(version.getInt(1))
            : OptionalInt.empty();
      }
    } catch (SQLException e) {
      throw new StartFailure(
          "The database %s can't be reached: %s".formatted(endpoint, e.getMessage()),
          "Check that the server runs and that database.host, port, name, user and password_file"
              + " are right.",
          e);
    }
  }

  private static void migrate(DatabaseEndpoint endpoint, PGSimpleDataSource source) {
    try {
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:db/migration")
          .validateMigrationNaming(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StartFailure(
          "The schema of the database %s can't be brought up to date: %s"
              .formatted(endpoint, e.getMessage()),
          "The database is as it was before the failed script. Check the role's rights and the free"
              + " space.",
          e);
    }
  }
}
