package dev.aidb.cli;

import dev.aidb.core.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code aidb version}: says which program this is. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    String version = Version.current();
    String java = Runtime.version().toString();
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    terminal
        .out()
        .println(
            json
                ? JsonMapper.shared()
                    .createObjectNode()
                    .put("version", version)
                    .put("java", java)
                    .put("system", system)
                    .toString()
                : "aidb " + version + " (Java " + java + ", " + system + ")");
    return 0;
  }
}
