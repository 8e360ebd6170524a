package dev.aidb.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aidb completion}: prints the script that completes verbs and options in a shell. */
@Command(
    name = "completion",
    description = "Print the completion script of a shell.",
    footer = {
      "",
      "Examples:",
      "  source <(aidb completion bash)",
      "  source <(aidb completion zsh)"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh; the same script serves both.")
  @SuppressWarnings("UnusedVariable") // picocli checks it
  private Shell shell = Shell.BASH;

  /** The shells that the script works in. */
  enum Shell {
    BASH,
    ZSH
  }

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().print(AutoComplete.bash("aidb", spec.root().commandLine()));
    return 0;
  }
}
