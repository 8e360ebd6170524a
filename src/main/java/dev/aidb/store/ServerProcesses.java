package dev.aidb.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The server processes of one cluster, found by what the kernel says of them: a program named
 * {@code postgres} whose working directory is the cluster's. That tells ours from strangers that
 * were given the same process id, and finds the children of a postmaster that was killed.
 */
final class ServerProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final Duration POLL = Duration.ofMillis(10);

  private final Path cluster;

  ServerProcesses(Path cluster) {
    this.cluster = cluster;
  }

  /** The ids of all that live. */
  List<Long> alive() {
    try (Stream<Path> processes = Files.list(PROC)) {
      return processes
          .filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .filter(this::isOurs)
          .map(p -> Long.valueOf(p.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isOurs(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).equals(cluster)
          && Files.readSymbolicLink(process.resolve("exe"))
              .getFileName()
              .toString()
              .startsWith("postgres");
    } catch (IOException e) {
      return false; // gone meanwhile, or another user's
    }
  }

  /**
   * Ends all that live: a fast shutdown first, then, as time runs out, without mercy. The
   * write-ahead log makes the latter safe.
   */
  void end(Duration patience) throws InterruptedException {
    signal("INT", alive());
    if (awaitNone(patience)) {
      return;
    }
    signal("KILL", alive());
    awaitNone(patience);
  }

  /** Waits until none lives; whether that came true in time. */
  boolean awaitNone(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!alive().isEmpty()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(POLL);
    }
    return true;
  }

  static void signal(String name, List<Long> pids) throws InterruptedException {
    for (long pid : pids) {
      try {
        Process kill =
            new ProcessBuilder("sh", "-c", "kill -$1 $2", "sh", name, Long.toString(pid))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        kill.waitFor(5, TimeUnit.SECONDS);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
