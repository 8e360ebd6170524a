package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A way to run the program in a JVM of its own, with the options that the launcher gives it and the
 * classes under test.
 */
public final class Program {
  private static final Path SCRIPTS = Path.of("scripts").toAbsolutePath();

  private final List<String> before;
  private final List<Path> inFront;
  private final Map<String, String> environment;

  /** How a run ended. */
  public record Ended(int status, String out, String err) {}

  private Program(List<String> before, List<Path> inFront, Map<String, String> environment) {
    this.before = List.copyOf(before);
    this.inFront = List.copyOf(inFront);
    this.environment = Map.copyOf(environment);
  }

  /** The program as it is, without rate limits. */
  public static Program plain() {
    return new Program(List.of(), List.of(), Map.of("AIDB_RATE_LIMIT_ENABLED", "false"));
  }

  /** The program as the last part of another command, such as {@code setpriv ...}. */
  public Program under(String... command) {
    return new Program(List.of(command), inFront, environment);
  }

  /** With these jars or folders at the front of the class path. */
  public Program withClasses(Path... more) {
    return new Program(before, List.of(more), environment);
  }

  /** With this variable in the environment. */
  public Program with(String variable, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(variable, value);
    return new Program(before, inFront, more);
  }

  /** Begins to run, with standard error into that file. */
  public Process start(Path err, String... arguments) {
    return start(err, "serve".equals(arguments[0]) ? "server" : "client", arguments);
  }

  private Process start(Path err, String kind, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options(kind));
    command.addAll(List.of("-cp", classPath(), "dev.aidb.app.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AIDB_"));
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      // Should the tests be cut short, nothing of theirs goes on.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a shell would start the program, {@code server} or {@code client}, without arguments. */
  public String shellCommand(String kind) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options(kind));
    command.addAll(List.of("-cp", classPath(), "dev.aidb.app.Main"));
    return command.stream().map(part -> "'" + part + "'").collect(Collectors.joining(" "));
  }

  /** Runs to the end, which must come within that many seconds. */
  public Ended run(int secondsMax, String... arguments) throws InterruptedException, IOException {
    Path err = Files.createTempFile("aidb-err-", ".txt");
    try {
      return finish(start(err, arguments), err, secondsMax);
    } finally {
      Files.delete(err);
    }
  }

  /** Waits for the end of a run. */
  public static Ended finish(Process process, Path err, int secondsMax)
      throws InterruptedException, IOException {
    try {
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(secondsMax, TimeUnit.SECONDS))
          .as("the program ends within %d s; it said: %s", secondsMax, Files.readString(err))
          .isTrue();
      return new Ended(process.exitValue(), out, Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }

  /** What the program runs on, without the classes and libraries of the tests. */
  public String classPath() {
    String theirs =
        Arrays.stream(System.getProperty("java.class.path").split(":"))
            .filter(part -> !part.endsWith("test-classes") && !part.isEmpty())
            .collect(Collectors.joining(":"));
    String ours = inFront.stream().map(p -> p + ":").collect(Collectors.joining());
    return ours + theirs;
  }

  /** The options of scripts/jvm-options for a kind of run, {@code server} or {@code client}. */
  private static List<String> options(String kind) {
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh",
            "-c",
            "target=/none; kind=$1; . \"$2\"; printf '%s ' $jvm_options",
            "sh",
            kind,
            SCRIPTS.resolve("jvm-options").toString());
    try {
      Process process = shell.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.strip().split("\\s+"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
