package dev.aidb.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import dev.aidb.core.Deadline;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Cleanable;
import org.jdbi.v3.core.statement.SqlStatements;

/**
 * A PostgreSQL database behind a bounded pool of connections.
 *
 * <p>The pool fills in the background, so opening returns at once and doesn't need the server; it
 * recovers by itself when the server was away. A connection that lay idle is checked before it is
 * handed out. The wait for one ends by the current {@link Deadline} or the pool's timeout,
 * whichever is earlier, and statements end with the current deadline.
 */
public final class Database implements AutoCloseable {
  private static final String APPLICATION = "aidb";

  /**
   * A forgotten transaction would hold back the change log for every reader; and the statements are
   * written for read committed, whatever a server has been given as its default.
   */
  private static final String SESSION =
      "SET idle_in_transaction_session_timeout = '60s';"
          + " SET default_transaction_isolation = 'read committed'";

  private final DatabaseEndpoint endpoint;
  private final PoolSettings settings;
  private final HikariPool pool;
  private final Jdbi jdbi;
  private final DatabaseDeadlines deadlines = new DatabaseDeadlines();

  private Database(DatabaseEndpoint endpoint, PoolSettings settings) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.pool = new HikariPool(hikari(endpoint, settings));
    this.jdbi = Jdbi.create(new Loans());
    jdbi.getConfig(SqlStatements.class).addCustomizer(deadlines);
    jdbi.registerArrayType(UUID.class, "uuid");
    jdbi.registerArrayType(String.class, "text");
    jdbi.registerArrayType(Long.class, "bigint");
    jdbi.registerArrayType(Integer.class, "integer");
    jdbi.registerArrayType(byte[].class, "bytea");
    jdbi.registerArgument(new InstantArguments());
    jdbi.registerColumnMapper(Instant.class, new InstantColumns());
  }

  /** A pool of connections to that database; returns before the first is open. */
  public static Database open(DatabaseEndpoint endpoint, PoolSettings settings) {
    return new Database(endpoint, settings);
  }

  private static HikariConfig hikari(DatabaseEndpoint endpoint, PoolSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("aidb-" + endpoint.name());
    config.setDataSource(PostgresConnections.bounded(endpoint, APPLICATION, settings.silence()));
    config.setMinimumIdle(settings.size());
    config.setMaximumPoolSize(settings.limit());
    config.setConnectionTimeout(settings.timeout().toMillis());
    config.setValidationTimeout(settings.check().toMillis());
    config.setMaxLifetime(settings.recycle().toMillis());
    config.setInitializationFailTimeout(-1); // fill in the background
    config.setConnectionInitSql(SESSION);
    config.validate();
    return config;
  }

  /** The pool itself rather than its data source, since only that takes a time limit per call. */
  private Connection connection() throws SQLException {
    Deadline deadline = Deadline.currentOr(settings.timeout());
    deadline.check();
    Duration wait = deadline.atMost(settings.timeout()).remaining();
    return pool.getConnection(Math.max(1, wait.toMillis()));
  }

  /** Connections as Jdbi takes them. */
  private final class Loans implements ConnectionFactory {
    @Override
    public Connection openConnection() throws SQLException {
      return connection();
    }

    @Override
    public Cleanable getCleanableFor(Connection connection) {
      DatabaseDeadlines.Watch watch = deadlines.watch(connection);
      return () -> {
        watch.close();
        connection.close();
      };
    }
  }

  /** Jdbi on this pool, for reads and writes whose failures the caller translates itself. */
  public Jdbi jdbi() {
    return jdbi;
  }

  public DatabaseEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Runs work on a connection, each statement its own transaction.
   *
   * @throws dev.aidb.core.AidbException when the server is away, full, busy or past the deadline;
   *     other failures of statements come as Jdbi throws them
   */
  public <T, X extends Exception> T withHandle(HandleCallback<T, X> work) throws X {
    try {
      return jdbi.withHandle(work);
    } catch (RuntimeException e) {
      throw SqlFailures.translate(e);
    }
  }

  /** Fills in a statement's parameters, executes it and reads its result. */
  @FunctionalInterface
  public interface StatementWork<T> {
    T apply(PreparedStatement statement) throws SQLException;
  }

  /**
   * As {@link #withHandle} for one statement without Jdbi, when it is so frequent that Jdbi's own
   * share of it counts.
   */
  public <T> T withStatement(String sql, StatementWork<T> work) {
    try (Connection connection = connection();
        DatabaseDeadlines.Watch watch = deadlines.watch(connection)) {
      return apply(connection, sql, work);
    } catch (SQLException e) {
      throw SqlFailures.translate(new UncheckedSqlException(e));
    }
  }

  /** The same within the handle's transaction. */
  public <T> T withStatement(Handle handle, String sql, StatementWork<T> work) {
    try {
      return apply(handle.getConnection(), sql, work);
    } catch (SQLException e) {
      throw new UncheckedSqlException(e);
    }
  }

  private <T> T apply(Connection connection, String sql, StatementWork<T> work)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        DatabaseDeadlines.Watch watch = deadlines.watch(statement)) {
      return work.apply(statement);
    }
  }

  /** As {@link #withHandle}, for work without a result. */
  public <X extends Exception> void useHandle(HandleConsumer<X> work) throws X {
    try {
      jdbi.useHandle(work);
    } catch (RuntimeException e) {
      throw SqlFailures.translate(e);
    }
  }

  /**
   * Runs work in one transaction, committed when it returns and rolled back when it throws. When
   * the commit itself fails as {@code UNAVAILABLE}, it may or may not have happened.
   *
   * @throws dev.aidb.core.AidbException as {@link #withHandle}
   */
  public <T, X extends Exception> T inTransaction(HandleCallback<T, X> work) throws X {
    try {
      return jdbi.inTransaction(work);
    } catch (RuntimeException e) {
      throw SqlFailures.translate(e);
    }
  }

  /** As {@link #inTransaction}, for work without a result. */
  public <X extends Exception> void useTransaction(HandleConsumer<X> work) throws X {
    try {
      jdbi.useTransaction(work);
    } catch (RuntimeException e) {
      throw SqlFailures.translate(e);
    }
  }

  /**
   * Asks the server for a sign of life; for probes.
   *
   * @throws dev.aidb.core.AidbException when none comes in time
   */
  public void ping(Duration wait) {
    ScopedValue.where(Deadline.CURRENT, Deadline.in(wait))
        .run(() ->
            useHandle(handle -> {
              var unused = handle.createQuery("SELECT 1").mapTo(int.class).one();
            }));
  }

  /**
   * How many connections the server lets this role have here, be they open already or not: the
   * least of what server, database and role allow.
   *
   * @throws dev.aidb.core.AidbException as {@link #withHandle}
   */
  public int connectionsAllowed() {
    return withHandle(handle ->
        handle
            .createQuery(
                """
                SELECT least(
                  current_setting('max_connections')::integer
                    - current_setting('superuser_reserved_connections')::integer
                    - coalesce(current_setting('reserved_connections', true)::integer, 0),
                  (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
                  (SELECT nullif(datconnlimit, -1) FROM pg_database
                   WHERE datname = current_database()))
                """)
            .mapTo(int.class)
            .one());
  }

  /** The pool at this moment. */
  public PoolFigures pool() {
    int open = pool.getTotalConnections();
    return new PoolFigures(
        open,
        pool.getActiveConnections(),
        Math.max(0, open - settings.size()),
        pool.getThreadsAwaitingConnection(),
        settings.limit());
  }

  /** Closes every connection; those in use are cut after a short grace. */
  @Override
  public void close() {
    deadlines.close();
    try {
      pool.shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.getLogger(Database.class.getName())
          .log(Level.WARNING, "The close of the connection pool was interrupted");
    }
  }
}
