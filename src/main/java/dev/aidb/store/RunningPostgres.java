package dev.aidb.store;

import dev.aidb.core.Deadline;
import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the embedded server that another process runs, for a verb that works beside it. */
public final class RunningPostgres {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int PORT_LINE = 3;
  private static final int STATUS_LINE = 7;

  private RunningPostgres() {}

  /**
   * Where the server of a data directory is, once it takes connections.
   *
   * @param root the data directory, which is held by the process that runs the server
   * @param patience how long a server that is still starting is waited for
   * @throws StartFailure when there is none in time
   */
  public static DatabaseEndpoint endpoint(Path root, Duration patience) {
    Deadline deadline = Deadline.in(patience);
    try {
      Optional<Integer> port = port(root);
      while (port.isEmpty()) {
        if (deadline.passed()) {
          throw new StartFailure(
              "The process that holds the data directory "
                  + root
                  + " has no PostgreSQL that is ready",
              "Look at its log, and try again when it serves.");
        }
        Thread.sleep(POLL);
        port = port(root);
      }
      return new DatabaseEndpoint(
          "127.0.0.1",
          port.get(),
          Cluster.DATABASE,
          Cluster.ROLE,
          Files.readString(root.resolve("secrets/postgres-" + Cluster.ROLE + ".password")).strip(),
          DatabaseEndpoint.Tls.DISABLE);
    } catch (IOException e) {
      throw new StartFailure(
          "The database of " + root + " can't be found: " + DataDirectory.reason(e),
          "Run this as the user who runs the server.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted", "", e);
    }
  }

  private static Optional<Integer> port(Path root) throws IOException {
    try {
      List<String> lines = Files.readAllLines(root.resolve("postgres/data/postmaster.pid"));
      boolean ready = lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
      return ready ? Optional.of(Integer.valueOf(lines.get(PORT_LINE).strip())) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
