package dev.aidb.app;

import dev.aidb.cli.AidbCommand;
import dev.aidb.cli.Terminal;
import dev.aidb.log.Logging;
import java.util.List;

/** Where the process starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // Until the server knows how it is to log: a verb speaks for itself, and only trouble is more.
    Logging.configure(Logging.Form.TEXT, System.Logger.Level.WARNING);
    Terminal terminal = Terminal.system();
    List<Object> verbs = List.of(new ServeCommand(), new KeysCommand(terminal));
    System.exit(AidbCommand.run(terminal, verbs, arguments));
  }
}
