package dev.aidb.store;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Tells every node, this one included, that the change log has grown.
 *
 * <p>{@link #signal} is called after a commit and returns at once; signals that come while one is
 * being sent are sent as one. Sending has a session of its own, since a NOTIFY within the writing
 * transactions would let them commit only one after the other; listening has another. Both come
 * back by themselves after the server was away.
 *
 * <p>A wake-up may be late or lost while the server is away, and after each reconnect one is given
 * without need: who follows the log also looks by itself from time to time.
 */
public final class Notifier implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Notifier.class.getName());
  private static final String CHANNEL = "aidb_change_log";
  private static final String APPLICATION = "aidb-notify";
  private static final Duration PAUSE_MIN = Duration.ofMillis(100);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  /** From one message to the next: the commits in between share one. */
  private static final Duration GATHER = Duration.ofMillis(20);

  private static final Duration LISTEN_MAX = Duration.ofSeconds(30);
  private static final int PING_SECONDS_MAX = 5;

  private final PGSimpleDataSource source;
  private final Runnable wake;
  private final Semaphore signals = new Semaphore(0);
  private final CountDownLatch listening = new CountDownLatch(1);
  private final Session sending = new Session("notify-sender", this::send);
  private final Session receiving = new Session("notify-listener", this::listen);
  private volatile boolean closing;

  /**
   * Starts to listen.
   *
   * @param wake called on a thread of the notifier, must be quick and not throw
   */
  public Notifier(DatabaseEndpoint endpoint, Runnable wake) {
    this.source = PostgresConnections.unbounded(endpoint, APPLICATION);
    this.wake = wake;
    sending.start();
    receiving.start();
  }

  /** Says that something was committed. */
  public void signal() {
    signals.release();
  }

  /** Waits until wake-ups are being received; whether that came true in time. */
  public boolean awaitListening(Duration patience) throws InterruptedException {
    return listening.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void send(Connection connection) throws SQLException, InterruptedException {
    try (Statement statement = connection.createStatement()) {
      // The message needn't survive a crash: spare it the flush that a commit waits for.
      statement.execute("SET synchronous_commit = off");
      while (true) {
        signals.acquire();
        signals.drainPermits();
        try {
          statement.execute("NOTIFY " + CHANNEL);
        } catch (SQLException e) {
          signals.release(); // to be sent by the next session
          throw e;
        }
        Thread.sleep(GATHER);
      }
    }
  }

  private void listen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + CHANNEL);
    }
    listening.countDown();
    wake.run(); // for what was missed before
    PGConnection session = connection.unwrap(PGConnection.class);
    while (!closing) {
      PGNotification[] received = session.getNotifications((int) LISTEN_MAX.toMillis());
      if (received != null && received.length > 0) {
        wake.run();
      } else if (!connection.isValid(PING_SECONDS_MAX)) {
        throw new SQLException("the listening session is dead");
      }
    }
  }

  private interface Work {
    void on(Connection connection) throws SQLException, InterruptedException;
  }

  /** A connection of its own and the thread that uses it, again and again. */
  private final class Session {
    private final Thread thread;
    private final AtomicReference<@Nullable Connection> current = new AtomicReference<>();

    Session(String name, Work work) {
      thread = Thread.ofVirtual().name(name).unstarted(() -> run(name, work));
    }

    void start() {
      thread.start();
    }

    private void run(String name, Work work) {
      Duration pause = PAUSE_MIN;
      while (!closing) {
        try (Connection connection = source.getConnection()) {
          current.set(connection);
          pause = PAUSE_MIN;
          work.on(connection);
        } catch (SQLException e) {
          if (!closing) {
            LOG.log(Level.DEBUG, "{0} lost its connection: {1}", name, e.getMessage());
          }
        } catch (InterruptedException e) {
          return; // closing
        }
        try {
          Thread.sleep(pause);
        } catch (InterruptedException e) {
          return; // closing
        }
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
      }
    }

    void end() throws InterruptedException {
      thread.interrupt();
      Connection connection = current.get();
      if (connection != null) {
        try {
          connection.abort(Runnable::run); // a thread in a read isn't woken by its interruption
        } catch (SQLException e) {
          LOG.log(Level.DEBUG, "A session did not close: {0}", e.getMessage());
        }
      }
      thread.join(Duration.ofSeconds(PING_SECONDS_MAX));
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      sending.end();
      receiving.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // both are virtual threads and don't keep the JVM
    }
  }
}
