package dev.aidb.cli;

import java.util.Scanner;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Asks before something is destroyed or costly; mixed into the verbs that do such a thing. */
public final class Confirmation {
  @Option(
      names = {"-y", "--yes"},
      description = "Don't ask.")
  private boolean yes;

  /**
   * Whether to go on.
   *
   * @throws ParameterException when nobody is there to ask
   */
  public boolean given(Terminal terminal, CommandLine command, String question) {
    if (yes) {
      return true;
    }
    if (!terminal.interactive()) {
      throw new ParameterException(command, "Nobody is there to confirm this; add --yes");
    }
    terminal.err().print(question + " [y/N] ");
    terminal.err().flush();
    // Not closed, because standard input isn't ours to close.
    @SuppressWarnings("resource")
    Scanner answers = new Scanner(terminal.in(), java.nio.charset.StandardCharsets.UTF_8);
    boolean agreed = answers.hasNextLine() && answers.nextLine().strip().matches("(?i)y(es)?");
    if (!agreed) {
      terminal.err().println("Nothing was done.");
    }
    return agreed;
  }
}
