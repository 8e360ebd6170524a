package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server of the program's own, in its data directory, on a free port of 127.0.0.1.
 *
 * <p>It is as durable as any PostgreSQL: {@code fsync} on, data checksums, passwords by SCRAM. A
 * server that dies is restarted on the same port, again and again with growing pauses, so that
 * connection pools recover by themselves. A server left over by a killed JVM is shut down before
 * this one starts.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  /** Whether the server can be used. */
  public enum State {
    RUNNING,
    /** It died; it is being started again. */
    RESTARTING,
    /** It died and several starts failed; they go on, at the longest pause. */
    FAILED,
    STOPPED
  }

  private static final System.Logger LOG = System.getLogger(EmbeddedPostgres.class.getName());
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration LEFTOVERS_WAIT = Duration.ofSeconds(20);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** A server that ran for less than this is restarted after a growing pause. */
  private static final Duration STEADY = Duration.ofSeconds(10);

  private static final Duration LOG_CHECK = Duration.ofMinutes(1);
  private static final int FAILED_AFTER = 8;
  private static final int PORT_ATTEMPTS = 5;

  private final EmbeddedSettings settings;
  private final ServerBinaries binaries;
  private final Isolation isolation;
  private final Cluster cluster;
  private final ServerLog log;
  private final ServerProcesses processes;
  private final Thread supervisor;
  private final int port;
  private Duration restartPause = FIRST_PAUSE;
  private volatile ServerProcess server;
  private volatile State state = State.RUNNING;
  private volatile boolean closing;

  /**
   * Starts the server: unpacks it and makes its cluster where they aren't there yet.
   *
   * @throws StartFailure with the reason and what to do
   */
  public static EmbeddedPostgres start(DataDirectory directory, EmbeddedSettings settings) {
    try {
      return new EmbeddedPostgres(directory, settings);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("The start of PostgreSQL was interrupted", "Start again.", e);
    } catch (IOException e) {
      throw new StartFailure(
          "The embedded PostgreSQL can't be started: " + DataDirectory.reason(e),
          "Check that the commands sh and setsid exist and that the disk isn't full.",
          e);
    }
  }

  private EmbeddedPostgres(DataDirectory directory, EmbeddedSettings settings)
      throws InterruptedException, IOException {
    this.settings = settings;
    isolation = Isolation.detect();
    binaries = ServerBinaries.in(directory.runtime());
    cluster = new Cluster(directory, binaries, isolation);
    log = new ServerLog(directory.postgres().resolve("server.log"));
    processes = new ServerProcesses(cluster.data());
    cluster.prepare();
    Started first = startOnFreePort();
    port = first.port();
    server = first.server();
    supervisor = Thread.ofVirtual().name("postgres-supervisor").start(this::supervise);
  }

  private record Started(ServerProcess server, int port) {}

  private Started startOnFreePort() throws InterruptedException, IOException {
    for (int attempt = 1; ; attempt++) {
      int candidate = freePort();
      try {
        return new Started(startOn(candidate), candidate);
      } catch (StartFailure e) {
        boolean taken = String.valueOf(e.getMessage()).contains("Address already in use");
        if (!taken || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), 0));
      return socket.getLocalPort();
    }
  }

  private ServerProcess startOn(int onPort) throws InterruptedException, IOException {
    clearLeftovers();
    List<String> command = new ArrayList<>();
    command.add(binaries.program("postgres").toString());
    command.addAll(List.of("-D", cluster.data().toString()));
    command.addAll(cluster.settings(settings, onPort));
    ServerProcess started = ServerProcess.launch(command, isolation, cluster.data(), log);
    try {
      started.awaitReady(settings.startTimeout());
      return started;
    } catch (StartFailure | InterruptedException e) {
      started.stop(Duration.ofSeconds(5));
      throw e;
    }
  }

  /**
   * Ends what an unclean end left running, then removes its pid file: the process that has that id
   * now may be a stranger, which would keep PostgreSQL from starting. Nobody else can be using the
   * cluster, since we hold the data directory.
   */
  private void clearLeftovers() throws InterruptedException, IOException {
    Path pidFile = cluster.data().resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    processes.end(LEFTOVERS_WAIT);
    Files.deleteIfExists(pidFile);
  }

  private void supervise() {
    try {
      while (!closing) {
        long began = System.nanoTime();
        watchLogUntilExit();
        if (!closing) {
          LOG.log(Level.WARNING, "The embedded PostgreSQL ended unexpectedly; starting it again");
          restart(System.nanoTime() - began < STEADY.toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // close() wants us to end
    }
  }

  private void watchLogUntilExit() throws InterruptedException {
    while (true) {
      try {
        var unused = server.onExit().get(LOG_CHECK.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        trimLog();
      } catch (java.util.concurrent.ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void trimLog() {
    try {
      log.trim();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "The log of PostgreSQL cannot be trimmed: {0}", e.getMessage());
    }
  }

  private void restart(boolean soonAgain) throws InterruptedException {
    state = State.RESTARTING;
    if (!soonAgain) {
      restartPause = FIRST_PAUSE;
    }
    for (int attempt = 1; !closing; attempt++) {
      Thread.sleep(restartPause);
      restartPause = grown(restartPause);
      try {
        server = startOn(port);
        state = State.RUNNING;
        LOG.log(Level.INFO, "The embedded PostgreSQL runs again");
        return;
      } catch (StartFailure | IOException e) {
        LOG.log(Level.ERROR, "PostgreSQL cannot be started again: {0}", e.getMessage());
      }
      if (attempt == FAILED_AFTER) {
        state = State.FAILED;
      }
    }
  }

  private Duration grown(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    Duration max = settings.restartPauseMax();
    return doubled.compareTo(max) < 0 ? doubled : max;
  }

  /** The program's database, for its role. */
  public DatabaseEndpoint endpoint() {
    return new DatabaseEndpoint(
        LOOPBACK,
        port,
        Cluster.DATABASE,
        Cluster.ROLE,
        cluster.rolePassword(),
        DatabaseEndpoint.Tls.DISABLE);
  }

  /** The maintenance database, for the superuser: backups and tests need it. */
  public DatabaseEndpoint superuser() {
    return new DatabaseEndpoint(
        LOOPBACK,
        port,
        Cluster.SUPERUSER,
        Cluster.SUPERUSER,
        cluster.superuserPassword(),
        DatabaseEndpoint.Tls.DISABLE);
  }

  public State state() {
    return state;
  }

  /** The postmaster's process id. */
  public long pid() {
    return server.pid();
  }

  /** Where the server writes its messages. */
  public Path logFile() {
    return log.file();
  }

  /** Shuts the server down, waiting for it; connections are cut, committed work is kept. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    try {
      supervisor.interrupt();
      supervisor.join();
      server.stop(settings.stopTimeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the watcher shuts it down when we are gone
    } finally {
      state = State.STOPPED;
    }
  }
}
