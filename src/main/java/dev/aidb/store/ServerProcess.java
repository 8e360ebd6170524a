package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One run of the postmaster, from its start to its exit. */
final class ServerProcess {
  /**
   * Becomes the postmaster, and leaves a watcher behind that shuts it down when standard input
   * closes, which the kernel does however the JVM ends. The watcher isn't the postmaster's child,
   * and doesn't signal a stranger who got the same process id.
   */
  private static final String LAUNCH =
      """
      exec 3<&0 </dev/null
      ( ( trap '' INT TERM HUP QUIT
          while read -r _ <&3; do :; done
          read -r name </proc/$$/comm && [ "$name" = postgres ] && kill -INT $$
        ) >/dev/null 2>&1 & )
      exec "$@" 3<&-
      """;

  private static final Duration POLL = Duration.ofMillis(3);
  private static final int STATUS_LINE = 7;
  private static final int TAIL_LINES = 8;

  private final Process process;
  private final Path data;
  private final ServerLog log;

  private ServerProcess(Process process, Path data, ServerLog log) {
    this.process = process;
    this.data = data;
    this.log = log;
  }

  /** Starts a postmaster in a session of its own, so that a terminal's signals don't reach it. */
  static ServerProcess launch(List<String> command, Isolation isolation, Path data, ServerLog log)
      throws IOException {
    log.begin();
    List<String> launch = new ArrayList<>(List.of("sh", "-c", LAUNCH, "postgres-launch"));
    launch.addAll(command);
    List<String> whole = new ArrayList<>(List.of("setsid"));
    whole.addAll(isolation.wrap(launch));
    Process process =
        new ProcessBuilder(whole)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
            .start();
    return new ServerProcess(process, data, log);
  }

  long pid() {
    return process.pid();
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits until the server takes connections.
   *
   * @throws StartFailure with the last lines of its log, when it exits or the time is over
   */
  void awaitReady(Duration patience) throws InterruptedException, IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (!isReady()) {
      if (!process.isAlive()) {
        throw failure("The embedded PostgreSQL ended at its start");
      }
      if (System.nanoTime() - end >= 0) {
        throw failure("The embedded PostgreSQL wasn't ready within " + patience.toSeconds() + " s");
      }
      Thread.sleep(POLL);
    }
  }

  private boolean isReady() throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return false;
    }
    List<String> lines = Files.readAllLines(file);
    return lines.size() > STATUS_LINE
        && lines.get(0).strip().equals(Long.toString(pid()))
        && lines.get(STATUS_LINE).strip().equals("ready");
  }

  private StartFailure failure(String what) throws IOException {
    List<String> tail = log.tail(TAIL_LINES);
    String said = String.join("\n  ", tail);
    return new StartFailure(
        tail.isEmpty() ? what : what + ". It said:\n  " + said,
        said.contains("No space left")
            ? "The disk is full: free some space and start again."
            : "The whole log is in " + log.file() + ".");
  }

  /** Ends the run: a fast shutdown, then an immediate one, then none at all. */
  void stop(Duration patience) throws InterruptedException {
    for (String signal : List.of("INT", "QUIT", "KILL")) {
      if (!process.isAlive()) {
        return;
      }
      ServerProcesses.signal(signal, List.of(process.pid()));
      if (process.waitFor(
          signal.equals("INT") ? patience.toMillis() : 5_000, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }
}
