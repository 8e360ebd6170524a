package dev.aidb.model;

import dev.aidb.core.AidbException;
import dev.aidb.index.VectorIndex;
import dev.aidb.store.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * Makes one call to the database or the index fail, the n-th after it was armed, of the thread that
 * lives a life or the one that collects for it. Threads that only follow aren't counted, so that a
 * seed meets the same fault again.
 */
final class Faults {
  /** What goes wrong. */
  enum Kind {
    /** A statement loses against another one. */
    BUSY,
    /** A statement fails in a way that nobody has thought of. */
    STRANGE,
    /** The server ends the session before a statement. */
    KILLED,
    /** The thread stops where it is, as when the process dies. */
    CUT,
    /** A commit is refused. */
    COMMIT_REFUSED,
    /** A commit is done, but nobody hears of it. */
    COMMIT_UNHEARD,
    /** The index takes no change. */
    INDEX_WRITE,
    /** The index can't be asked, or breaks off in the middle. */
    INDEX_READ;

    private boolean ofStatements() {
      return this == BUSY || this == STRANGE || this == KILLED || this == CUT;
    }

    private boolean ofCommits() {
      return this == COMMIT_REFUSED || this == COMMIT_UNHEARD;
    }
  }

  /** The end of a thread's work; not an exception, so that nothing handles it. */
  static final class Cut extends Error {
    static final long serialVersionUID = 1L;

    Cut() {
      super("cut", null, false, false);
    }
  }

  private static final String COLLECTING = "garbage-collection";

  private record Armed(Kind kind, int left, Thread living) {
    boolean concernsThisThread() {
      Thread current = Thread.currentThread();
      return current == living || current.getName().equals(COLLECTING);
    }

    /** Empty when it is due. */
    Optional<Armed> less() {
      return left == 0 ? Optional.empty() : Optional.of(new Armed(kind, left - 1, living));
    }
  }

  private Optional<Armed> armed = Optional.empty();

  /** Has the n-th such call fail, counted from 0; the calling thread is the one that lives. */
  synchronized void arm(Kind kind, int after) {
    armed = Optional.of(new Armed(kind, after, Thread.currentThread()));
  }

  /** Whether the armed fault was met; no fault follows from here on. */
  synchronized boolean disarm() {
    boolean met = armed.isEmpty();
    armed = Optional.empty();
    return met;
  }

  /** Has statements and commits of a database fail on demand. */
  void into(Database database) {
    database.jdbi().getConfig(SqlStatements.class).addCustomizer(new Statements());
    database.jdbi().setTransactionHandler(new Commits(database.jdbi().getTransactionHandler()));
  }

  /** The kind that is due at this call, of those that can be. */
  private synchronized Optional<Kind> due(Predicate<Kind> possible) {
    Optional<Armed> now = armed.filter(one -> possible.test(one.kind) && one.concernsThisThread());
    if (now.isEmpty()) {
      return Optional.empty();
    }
    armed = now.get().less();
    return armed.isEmpty() ? now.map(Armed::kind) : Optional.empty();
  }

  private final class Statements implements StatementCustomizer {
    @Override
    public void beforeExecution(PreparedStatement statement, StatementContext context)
        throws SQLException {
      Optional<Kind> kind = due(Kind::ofStatements);
      if (kind.isPresent()) {
        switch (kind.get()) {
          case BUSY -> throw new SQLException("injected", "40001");
          case STRANGE -> throw new SQLException("injected", "XX000");
          case CUT -> throw new Cut();
          default -> endSession(statement.getConnection());
        }
      }
    }

    /** For real, so that the statement fails as it does then. */
    private void endSession(Connection connection) {
      try (Statement end = connection.createStatement()) {
        end.execute("SELECT pg_terminate_backend(pg_backend_pid())");
      } catch (SQLException expected) {
        // The answer to this is lost with the session.
      }
    }
  }

  private final class Commits extends DelegatingTransactionHandler {
    Commits(TransactionHandler real) {
      super(real);
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
      return new Commits(getDelegate().specialize(handle));
    }

    @Override
    public void commit(Handle handle) {
      Optional<Kind> kind = due(Kind::ofCommits);
      if (kind.isEmpty()) {
        super.commit(handle);
      } else if (kind.get() == Kind.COMMIT_REFUSED) {
        throw new TransactionException(new SQLException("injected", "40001"));
      } else {
        super.commit(handle);
        throw new TransactionException(new SQLException("injected", "08006"));
      }
    }
  }

  /** A real index that fails on demand. */
  VectorIndex before(VectorIndex real) {
    return (VectorIndex)
        Proxy.newProxyInstance(
            VectorIndex.class.getClassLoader(),
            new Class<?>[] {VectorIndex.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "apply" -> failIfDue(Kind.INDEX_WRITE);
                case "dense", "check" -> failIfDue(Kind.INDEX_READ);
                case "entries" -> {
                  if (due(Kind.INDEX_READ::equals).isPresent()) {
                    real.entries(
                        (String) arguments[0],
                        entry -> {
                          throw broken();
                        });
                    throw broken(); // there was no entry
                  }
                }
                default -> {}
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void failIfDue(Kind kind) {
    if (due(kind::equals).isPresent()) {
      throw broken();
    }
  }

  private static AidbException broken() {
    return AidbException.unavailable("injected", Duration.ofMillis(1), null);
  }
}
