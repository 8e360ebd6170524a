package dev.aidb.store;

import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** How this program's connections to PostgreSQL are made. */
final class PostgresConnections {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** A statement waits for its own cancellation, so this comes on top of a request's deadline. */
  private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(1);

  private PostgresConnections() {}

  /**
   * Connections that give up on a silent server.
   *
   * @param silence after how long, in whole seconds
   */
  static PGSimpleDataSource bounded(
      DatabaseEndpoint endpoint, String applicationName, Duration silence) {
    PGSimpleDataSource source = unbounded(endpoint, applicationName);
    source.setSocketTimeout((int) silence.toSeconds());
    return source;
  }

  /** Connections for work of any length, such as a migration, and for sessions that listen. */
  static PGSimpleDataSource unbounded(DatabaseEndpoint endpoint, String applicationName) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {endpoint.host()});
    source.setPortNumbers(new int[] {endpoint.port()});
    source.setDatabaseName(endpoint.name());
    source.setUser(endpoint.user());
    source.setPassword(endpoint.password());
    source.setSslMode(endpoint.tls().sslMode());
    source.setApplicationName(applicationName);
    source.setReWriteBatchedInserts(true);
    source.setTcpKeepAlive(true);
    source.setConnectTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setLoginTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setCancelSignalTimeout((int) CANCEL_TIMEOUT.toSeconds());
    source.setLogServerErrorDetail(false); // details quote the values of rows
    return source;
  }
}
