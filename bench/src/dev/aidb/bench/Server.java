package dev.aidb.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of its own process, started as users start it, on a port that was free. */
final class Server implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofMinutes(5);
  private static final int STOP_SECONDS_MAX = 60;
  private static final int POLL_MS = 5;

  private final Process process;
  private final Path dataDirectory;
  private final int port;
  private final Duration startTook;

  private Server(Process process, Path dataDirectory, int port, Duration startTook) {
    this.process = process;
    this.dataDirectory = dataDirectory;
    this.port = port;
    this.startTook = startTook;
  }

  /** Starts {@code ./aidb serve} and waits until {@code /health/ready} answers 200. */
  static Server start(Setup setup, Path dataDirectory) throws IOException, InterruptedException {
    int port = freePort();
    Path log = setup.work().resolve("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            setup.home().resolve("aidb").toString(),
            "serve",
            "--port",
            Integer.toString(port),
            "--data-dir",
            dataDirectory.toString());
    builder.environment().put("AIDB_RATE_LIMIT_ENABLED", "false");
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    long begin = System.nanoTime();
    Process process = builder.start();
    Thread stop = Thread.ofPlatform().unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(stop); // also when the benchmark is interrupted
    while (!ready(port)) {
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      if (!process.isAlive() || took.compareTo(START_MAX) > 0) {
        process.destroy();
        throw new IOException("the server didn't start; see " + log);
      }
      Thread.sleep(POLL_MS);
    }
    return new Server(
        process, dataDirectory, port, Duration.ofNanos(System.nanoTime() - begin));
  }

  private static boolean ready(int port) {
    try (Wire wire = new Wire(port)) {
      return wire.send(Request.get("/health/ready")) == 200;
    } catch (IOException e) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort(); // of five digits, as requests want it: it is an ephemeral one
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** From the start of the process to the first 200 of {@code /health/ready}. */
  Duration startTook() {
    return startTook;
  }

  /** Its database, for the program's own role. */
  Connection database() throws IOException, SQLException {
    List<String> lines = Files.readAllLines(postmasterFile());
    String password =
        Files.readString(dataDirectory.resolve("secrets/postgres-aidb.password")).strip();
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + lines.get(3).strip() + "/aidb", "aidb", password);
  }

  private Path postmasterFile() {
    return dataDirectory.resolve("postgres/data/postmaster.pid");
  }

  /** The processor time that the JVM and PostgreSQL have taken so far, in seconds. */
  double processorSeconds() throws IOException {
    return seconds(process.toHandle()) + postgres().mapToDouble(Server::seconds).sum();
  }

  /** That of this process, the client. */
  static double ownSeconds() {
    return seconds(ProcessHandle.current());
  }

  private static double seconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** The proportional set size of the JVM, in MB (10^6 bytes). */
  double jvmMegabytes() throws IOException {
    return megabytes(process.pid());
  }

  /** That of all PostgreSQL processes together, what they share counted once. */
  double postgresMegabytes() throws IOException {
    double sum = 0;
    for (ProcessHandle one : postgres().toList()) {
      sum += megabytes(one.pid());
    }
    return sum;
  }

  private Stream<ProcessHandle> postgres() throws IOException {
    long postmaster = Long.parseLong(Files.readAllLines(postmasterFile()).getFirst().strip());
    ProcessHandle first = ProcessHandle.of(postmaster).orElseThrow();
    return Stream.concat(Stream.of(first), first.descendants());
  }

  private static double megabytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      if (line.startsWith("Pss:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
      }
    }
    throw new IOException("process " + pid + " doesn't tell its memory");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
