package dev.aidb.store;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a failure of PostgreSQL means to a client. Codes are those of the manual's appendix
 * "PostgreSQL Error Codes".
 */
final class SqlFailures {
  private static final int CHAIN_MAX = 20;
  private static final Duration COME_BACK = Duration.ofSeconds(3);
  private static final Duration COME_BACK_SOON = Duration.ofSeconds(1);

  private SqlFailures() {}

  /**
   * The failure to throw in place of the given one: an {@link AidbException} for what isn't the
   * caller's doing, otherwise (a broken constraint, a fault in a statement) the given one.
   */
  static RuntimeException translate(RuntimeException failure) {
    if (failure instanceof AidbException) {
      return failure;
    }
    Optional<SQLException> sql = sqlException(failure);
    return sql.isPresent() ? translate(sql.get(), failure) : failure;
  }

  private static RuntimeException translate(SQLException sql, RuntimeException failure) {
    if (sql instanceof SQLTransientConnectionException && !hasServerCause(sql)) {
      return AidbException.overloaded("Every database connection is busy", COME_BACK_SOON);
    }
    String state = String.valueOf(sql.getSQLState());
    return switch (state) {
      case "53100" ->
          new AidbException(
              ErrorCode.STORAGE_FULL, "The database has no space left to store this", failure);
      case "57014" ->
          new AidbException(
              ErrorCode.DEADLINE_EXCEEDED, "The request took longer than it may", failure);
      case "23503" -> // a foreign key's target, such as a document's collection, is gone
          new AidbException(
              ErrorCode.CONFLICT,
              "What this belongs to was deleted meanwhile; nothing was stored",
              failure);
      case "40001", "40P01", "55P03" ->
          AidbException.overloaded(
              "Other work on the same records came in between", COME_BACK_SOON);
      default -> isUnavailable(sql, state) ? unavailable(failure) : failure;
    };
  }

  /** Neither can be reached, nor takes us in, nor may be written. */
  private static boolean isUnavailable(SQLException sql, String state) {
    return sql instanceof SQLTransientConnectionException
        || state.startsWith("08") // connection exception
        || state.startsWith("57P") // shutdown, crash, starting up
        || state.startsWith("53") // out of connections or memory
        || state.startsWith("58") // system error
        || state.startsWith("28") // login refused
        || state.equals("25006") // a standby
        || state.equals("25P03"); // the session was ended for idling in a transaction
  }

  static AidbException unavailable(@Nullable Throwable cause) {
    return AidbException.unavailable("PostgreSQL is unavailable", COME_BACK, cause);
  }

  private static boolean hasServerCause(SQLException poolTimeout) {
    return poolTimeout.getCause() instanceof SQLException;
  }

  private static Optional<SQLException> sqlException(Throwable failure) {
    Throwable t = failure;
    for (int i = 0; t != null && i < CHAIN_MAX; i++) {
      if (t instanceof SQLException e) {
        return Optional.of(e);
      }
      t = t.getCause();
    }
    return Optional.empty();
  }
}
