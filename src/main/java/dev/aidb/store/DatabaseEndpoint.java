package dev.aidb.store;

/**
 * Where a database is and who asks.
 *
 * @param host a name or address
 * @param port 1 to 65535
 * @param name the database
 * @param user the role
 * @param password its password; never printed
 * @param tls how the connection is protected
 */
public record DatabaseEndpoint(
    String host, int port, String name, String user, String password, Tls tls) {

  public DatabaseEndpoint {
    if (host.isBlank() || name.isBlank() || user.isBlank()) {
      throw new IllegalArgumentException("a database needs a host, a name and a user");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535");
    }
  }

  /** How a connection is protected; the names are those of libpq's {@code sslmode}. */
  public enum Tls {
    /** In the clear: for loopback and private networks. */
    DISABLE("disable"),
    /** Encrypted where the server can. */
    PREFER("prefer"),
    /** Encrypted, without a look at the server's certificate. */
    REQUIRE("require"),
    /** Encrypted, with the server's certificate and name checked against the trusted roots. */
    VERIFY_FULL("verify-full");

    private final String sslMode;

    Tls(String sslMode) {
      this.sslMode = sslMode;
    }

    String sslMode() {
      return sslMode;
    }
  }

  /** The same server and role, another database. */
  public DatabaseEndpoint withName(String other) {
    return new DatabaseEndpoint(host, port, other, user, password, tls);
  }

  @Override
  public String toString() {
    return "%s@%s:%d/%s".formatted(user, host, port, name);
  }
}
