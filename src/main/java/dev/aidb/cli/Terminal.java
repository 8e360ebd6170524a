package dev.aidb.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What a verb sees of the process around it.
 *
 * @param in standard input
 * @param out standard output, for data
 * @param err standard error, for talk
 * @param environment the variables
 * @param interactive whether a person sits at it
 */
public record Terminal(
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    boolean interactive) {
  private static final int USUAL_WIDTH = 80;

  /** The terminal of this process; UTF-8 whatever the locale. */
  @SuppressWarnings("SystemConsoleNull") // java.base's own console may still be null
  public static Terminal system() {
    return new Terminal(
        System.in,
        writer(FileDescriptor.out),
        writer(FileDescriptor.err),
        System.getenv(),
        System.console() != null && System.console().isTerminal());
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    PrintStream stream =
        new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** Whether colours are welcome: a terminal that isn't dumb, and no {@code NO_COLOR}. */
  boolean colours() {
    return interactive
        && variable("NO_COLOR").isEmpty()
        && !variable("TERM").orElse("dumb").equals("dumb");
  }

  /** The columns of the terminal, 40 to 200; 80 when nobody knows. */
  int width() {
    Optional<Integer> known = variable("COLUMNS").flatMap(Terminal::number);
    if (known.isEmpty() && interactive) {
      known = ask();
    }
    return Math.clamp(known.orElse(USUAL_WIDTH), 40, 200);
  }

  private static Optional<Integer> ask() {
    ProcessBuilder stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(Path.of("/dev/tty").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = stty.start();
      String[] answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ", -1);
      process.waitFor(1, TimeUnit.SECONDS);
      return answer.length == 2 ? number(answer[1]) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // no stty, no width: the usual one serves
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<Integer> number(String text) {
    return text.matches("[1-9]\\d{0,4}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  /** The text on one line, without what could steer a terminal. */
  public static String harmless(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("[\\p{Cntrl}\\p{Cf}]", "").strip();
  }
}
