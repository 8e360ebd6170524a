package dev.aidb.app;

import dev.aidb.cli.AidbCommand;
import dev.aidb.cli.Terminal;
import java.util.List;

/** Where the process starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(AidbCommand.run(Terminal.system(), List.of(new ServeCommand()), arguments));
  }
}
