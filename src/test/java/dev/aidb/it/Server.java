package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Program.Ended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code aidb serve} in a JVM of its own, on a free port, with ways to end it badly. */
public final class Server implements AutoCloseable {
  private static final Pattern SERVES = Pattern.compile("serves at (http://\\S+)");
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final int STOP_SECONDS_MAX = 60;
  private static final int KILL_SECONDS_MAX = 10;

  private final Process process;
  private final Path data;
  private final Path err;

  private Server(Process process, Path data, Path err) {
    this.process = process;
    this.data = data;
    this.err = err;
  }

  /** Begins to start one on that data directory; its standard error goes beside it. */
  public static Server begin(Program program, Path data) {
    try {
      Path err = Files.createTempFile(data.toAbsolutePath().getParent(), "serve-", ".err");
      return new Server(
          program.start(err, "serve", "--port", "0", "--data-dir", data.toString()), data, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one on that data directory and waits until it serves. */
  public static Server start(Path data) throws InterruptedException {
    Server server = begin(Program.plain(), data);
    try {
      server.awaitServing();
      return server;
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  /** Waits until it serves. */
  public URI awaitServing() throws InterruptedException {
    long end = System.nanoTime() + START_MAX.toNanos();
    Optional<URI> url = url();
    while (url.isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("The server doesn't serve. It said:\n" + said());
      }
      Thread.sleep(20);
      url = url();
    }
    return url.get();
  }

  private Optional<URI> url() {
    Matcher matcher = SERVES.matcher(said());
    return matcher.find() ? Optional.of(URI.create(matcher.group(1))) : Optional.empty();
  }

  /** A client of this server, which serves. */
  public Client client() throws InterruptedException {
    return new Client(awaitServing());
  }

  /** All it wrote to standard error. */
  public String said() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JVM. */
  public Process process() {
    return process;
  }

  /** The postmaster's process id, when there is one. */
  public Optional<Long> postmaster() {
    try {
      List<String> lines = Files.readAllLines(cluster().resolve("postmaster.pid"));
      return lines.isEmpty()
          ? Optional.empty()
          : Optional.of(Long.valueOf(lines.getFirst().strip()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Every process of PostgreSQL that works on this data directory. */
  public List<Long> postgres() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      Path cluster = cluster().toRealPath();
      return all.filter(p -> p.getFileName().toString().matches("\\d+"))
          .filter(p -> worksIn(p, cluster))
          .map(p -> Long.valueOf(p.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean worksIn(Path process, Path folder) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).equals(folder);
    } catch (IOException e) {
      return false; // gone meanwhile
    }
  }

  private Path cluster() {
    return data.resolve("postgres/data");
  }

  /** Kills the JVM alone. */
  public void killJvm() throws InterruptedException {
    kill("KILL", List.of(process.pid()));
    assertThat(process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS)).as("it is killed").isTrue();
  }

  /** Kills the postmaster alone. */
  public void killPostmaster() throws InterruptedException {
    kill("KILL", List.of(postmaster().orElseThrow()));
  }

  /** Kills the JVM, every process of PostgreSQL, and the watcher beside it, at one moment. */
  public void killEverything() throws InterruptedException {
    List<Long> all = new ArrayList<>();
    all.add(process.pid());
    all.addAll(postgres());
    postmaster().ifPresent(pid -> all.add(-pid)); // its process group, to which the watcher belongs
    kill("KILL", all);
    assertThat(process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS)).as("it is killed").isTrue();
  }

  /** Sends the JVM a signal. */
  public void signal(String name) throws InterruptedException {
    kill(name, List.of(process.pid()));
  }

  private static void kill(String signal, List<Long> pids) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -s \"$0\" -- \"$@\"", signal));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    try {
      new ProcessBuilder(command)
          .redirectError(ProcessBuilder.Redirect.DISCARD) // some may be gone already
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the JVM's end. */
  public Ended awaitEnd(int secondsMax) throws InterruptedException, IOException {
    return Program.finish(process, err, secondsMax);
  }

  /** Waits until no process of PostgreSQL is left. */
  public void awaitNoPostgres(Duration max) throws InterruptedException {
    long end = System.nanoTime() + max.toNanos();
    while (!postgres().isEmpty()) {
      assertThat(System.nanoTime()).as("PostgreSQL ends").isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Stops it as an operator would; nothing of it is left. */
  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        signal("TERM");
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
          killEverything();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
