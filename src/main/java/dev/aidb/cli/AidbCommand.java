package dev.aidb.cli;

import dev.aidb.core.AidbException;
import dev.aidb.core.StartFailure;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line; the verbs hang below it. */
@Command(
    name = "aidb",
    synopsisSubcommandLabel = "VERB",
    description = "The knowledge and memory server for a fleet of AI agents.",
    footer = {
      "",
      "Examples:",
      "  aidb serve",
      "  aidb import docs/ --collection nixos_docs --project handbook",
      "  aidb search \"how do I rotate a key\"",
      "  aidb learn \"nginx serves the old certificate\" --solution \"Run nginx -s reload\"",
      "",
      "Exit status: 0 done, 1 failed, 2 wrong usage."
    })
public final class AidbCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and end.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure (or set AIDB_DEBUG).")
  private boolean debug;

  private AidbCommand() {}

  /**
   * Runs a command line.
   *
   * @param more verbs of other packages, each a picocli command object
   * @return the exit status
   */
  public static int run(Terminal terminal, List<Object> more, String... arguments) {
    CommandLine commandLine = commandLine(terminal, more);
    try {
      return commandLine.execute(arguments);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  static CommandLine commandLine(Terminal terminal, List<Object> more) {
    AidbCommand root = new AidbCommand();
    CommandLine commandLine = new CommandLine(root);
    more.forEach(commandLine::addSubcommand);
    verbs(terminal).forEach(commandLine::addSubcommand);
    commandLine
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(Math.max(80, Math.min(terminal.width(), 120)))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler((failure, arguments) -> wrongUsage(terminal, failure))
        .setExecutionExceptionHandler((failure, command, result) -> root.failed(terminal, failure));
    return commandLine;
  }

  /** Every verb of this package, in the order of the help. */
  private static List<Object> verbs(Terminal terminal) {
    return List.of(
        new ImportCommand(terminal),
        new SearchCommand(terminal),
        new LearnCommand(terminal),
        new CollectionsCommand(terminal),
        new IndexCommand(terminal),
        new IssuesCommand(terminal),
        new GcCommand(terminal),
        new CallCommand(terminal),
        new McpCommand(terminal),
        new ConfigCommand(terminal),
        new VersionCommand(terminal),
        new CompletionCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A verb is missing");
  }

  private static int wrongUsage(Terminal terminal, ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    terminal.err().println("aidb: " + failure.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(failure, terminal.err());
    terminal.err().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private int failed(Terminal terminal, Exception failure) {
    switch (failure) {
      case StartFailure said -> {
        terminal.err().println("aidb: " + said.getMessage());
        if (!said.advice().isEmpty()) {
          terminal.err().println(said.advice());
        }
      }
      case AidbException said -> terminal.err().println("aidb: " + said.detail());
      default ->
          terminal
              .err()
              .println(
                  "aidb: an unexpected failure ("
                      + failure.getClass().getSimpleName()
                      + "); run it again with --debug to see where");
    }
    if (debug || terminal.variable("AIDB_DEBUG").isPresent()) {
      failure.printStackTrace(terminal.err());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
