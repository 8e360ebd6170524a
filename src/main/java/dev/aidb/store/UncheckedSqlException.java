package dev.aidb.store;

import java.sql.SQLException;

/** A failure of a statement that Jdbi had no part in. */
final class UncheckedSqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UncheckedSqlException(SQLException cause) {
    super(cause);
  }
}
