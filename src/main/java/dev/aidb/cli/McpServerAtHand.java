package dev.aidb.cli;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The server that the bridge talks to: the one that runs at an address or, on this machine, one
 * that it starts there for as long as it is needed.
 */
final class McpServerAtHand implements AutoCloseable {
  /** The variable by which the launcher tells where it is. */
  static final String LAUNCHER = "AIDB_LAUNCHER";

  private static final Duration LOOK_MAX = Duration.ofSeconds(2);
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final int STOP_SECONDS_MAX = 30;
  private static final int POLL_MILLIS = 50;
  private static final int HTTP_PORT = 80;

  private final URI address;
  private final Terminal terminal;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LOOK_MAX).build();
  private @Nullable Process started;

  McpServerAtHand(URI address, Terminal terminal) {
    this.address = address;
    this.terminal = terminal;
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-server"));
  }

  /** What talks to it. */
  HttpClient http() {
    return http;
  }

  URI address() {
    return address;
  }

  /**
   * Sees to it that a server answers there, starting one where that is this machine.
   *
   * @throws StartFailure when it is elsewhere or can't be started
   */
  synchronized void ensure() throws InterruptedException {
    if (!isHere()) {
      throw new StartFailure("Can't reach AIDB at " + address, "Start it there: aidb serve");
    }
    if (answers("/livez")) {
      return; // another request has just started it
    }
    Process process = start();
    started = process;
    awaitReady(process::isAlive);
  }

  /**
   * Waits until the server that answers there is ready.
   *
   * @throws StartFailure when that takes too long
   */
  void awaitReady() throws InterruptedException {
    awaitReady(() -> true);
  }

  private void awaitReady(BooleanSupplier hope) throws InterruptedException {
    long end = System.nanoTime() + START_MAX.toNanos();
    while (!answers("/readyz")) {
      if (!hope.getAsBoolean() || System.nanoTime() > end) {
        throw new StartFailure(
            "The server at " + address + " doesn't get ready", "See its log, or run: aidb serve");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Process start() {
    String launcher =
        terminal
            .variable(LAUNCHER)
            .orElseThrow(() ->
                new StartFailure("No server runs at " + address, "Start one with: aidb serve"));
    ProcessBuilder serve =
        new ProcessBuilder(
                launcher,
                "serve",
                "--host",
                address.getHost(),
                "--port",
                Integer.toString(address.getPort() < 0 ? HTTP_PORT : address.getPort()))
            .redirectOutput(Redirect.DISCARD) // standard output is the protocol's
            .redirectError(Redirect.INHERIT);
    try {
      Process process = serve.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new StartFailure("Can't run " + launcher, "Start a server with: aidb serve", e);
    }
  }

  private boolean isHere() {
    return "http".equals(address.getScheme())
        && Set.of("127.0.0.1", "localhost", "[::1]").contains(address.getHost());
  }

  private boolean answers(String path) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(LOOK_MAX).GET().build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Stops the server, if it is one that was started here. */
  @Override
  public void close() {
    stop();
    http.shutdownNow();
  }

  private void stop() {
    Optional<Process> running = Optional.ofNullable(started).filter(Process::isAlive);
    if (running.isEmpty()) {
      return;
    }
    running.get().destroy();
    try {
      if (!running.get().waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        running.get().destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
