package dev.aidb.store;

import dev.aidb.core.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;

/**
 * Lets no statement run on, and no connection be used, after its request's deadline; work without a
 * request has none.
 *
 * <p>One thread looks at all of them several times a second. What is overdue is first asked to end:
 * the statement is cancelled. A server that hangs doesn't take that either, nor does a commit, so a
 * little later the connection is cut, and whoever waits in it gets its failure.
 *
 * <p>The driver's own time limit sets and clears a timer for each statement, which cost a tenth of
 * the time of a small one. To cancel a statement that has just ended does nothing: the driver
 * cancels only what is being executed, and doesn't let go of a connection meanwhile.
 */
final class DatabaseDeadlines implements StatementCustomizer, AutoCloseable {
  private static final Logger LOG = System.getLogger(DatabaseDeadlines.class.getName());
  private static final Duration TICK = Duration.ofMillis(200);

  /** From the deadline to the cut: time for a cancellation to work. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Set<Watched> watchedNow = ConcurrentHashMap.newKeySet();
  private final Thread watcher =
      Thread.ofPlatform().name("database-deadlines").daemon().unstarted(this::watchAll);

  DatabaseDeadlines() {
    watcher.start();
  }

  /** Ends a watch. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Watches over a statement that is about to be executed.
   *
   * @throws dev.aidb.core.AidbException DEADLINE_EXCEEDED when the deadline has passed already
   */
  Watch watch(Statement statement) {
    if (!Deadline.CURRENT.isBound()) {
      return () -> {};
    }
    Deadline deadline = Deadline.CURRENT.get();
    deadline.check();
    Watched watched = new Running(statement, deadline);
    watchedNow.add(watched);
    return () -> watchedNow.remove(watched);
  }

  /** Watches over a connection that was handed out, until it is about to be given back. */
  Watch watch(Connection connection) {
    if (!Deadline.CURRENT.isBound()) {
      return () -> {};
    }
    Loan loan = new Loan(connection, Deadline.CURRENT.get());
    watchedNow.add(loan);
    return () -> {
      loan.end();
      watchedNow.remove(loan);
    };
  }

  @Override
  public void beforeExecution(PreparedStatement statement, StatementContext context) {
    context.addCleanable(watch(statement)::close);
  }

  @Override
  public void close() {
    watcher.interrupt();
  }

  private void watchAll() {
    try {
      while (true) {
        Thread.sleep(TICK);
        watchedNow.forEach(Watched::endIfOverdue);
      }
    } catch (InterruptedException e) {
      // the pool is closed
    }
  }

  private interface Watched {
    /** Returns at once. */
    void endIfOverdue();
  }

  /** A statement that is running, or is about to. */
  private static final class Running implements Watched {
    private final Statement statement;
    private final Deadline deadline;
    private final AtomicBoolean beingCancelled = new AtomicBoolean();

    Running(Statement statement, Deadline deadline) {
      this.statement = statement;
      this.deadline = deadline;
    }

    /**
     * Cancels on a thread of its own, since a server that hangs doesn't take a cancellation either.
     * It is tried again until the statement ends: the first may come before its begin.
     */
    @Override
    public void endIfOverdue() {
      if (deadline.passed() && beingCancelled.compareAndSet(false, true)) {
        Thread.startVirtualThread(this::cancel);
      }
    }

    private void cancel() {
      try {
        statement.cancel();
      } catch (SQLException e) {
        LOG.log(Level.DEBUG, "An overdue statement could not be cancelled", e);
      } finally {
        beingCancelled.set(false);
      }
    }
  }

  /** A connection that was handed out. */
  private static final class Loan implements Watched {
    private final Connection connection;
    private final Deadline last;
    private final AtomicBoolean beingCut = new AtomicBoolean();
    private boolean over;

    Loan(Connection connection, Deadline deadline) {
      this.connection = connection;
      this.last = new Deadline(deadline.nanoTime() + GRACE.toNanos());
    }

    @Override
    public void endIfOverdue() {
      if (last.passed() && beingCut.compareAndSet(false, true)) {
        Thread.startVirtualThread(this::cut);
      }
    }

    /** Once it is back in the pool the connection may be somebody else's. */
    private synchronized void cut() {
      if (over) {
        return;
      }
      over = true;
      LOG.log(
          Level.WARNING,
          "PostgreSQL did not answer by a request deadline; its connection is given up");
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.log(Level.DEBUG, "A connection could not be cut", e);
      }
    }

    synchronized void end() {
      over = true;
    }
  }
}
