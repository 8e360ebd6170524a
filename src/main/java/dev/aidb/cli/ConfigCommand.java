package dev.aidb.cli;

import dev.aidb.config.ConfigInvalid;
import dev.aidb.config.ConfigLoader;
import dev.aidb.config.LoadedConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code aidb config}: shows what is in effect, or judges a file. */
@Command(
    name = "config",
    description = "Show the configuration in effect, or check a file.",
    footer = {
      "",
      "Examples:",
      "  aidb config show",
      "  aidb config show --config /etc/aidb/config.yaml --json",
      "  aidb config check --config /etc/aidb/config.yaml"
    })
final class ConfigCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  ConfigCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: show or check");
  }

  @Command(
      name = "show",
      description = "Print every key with its value, secrets masked, and its source.")
  int show(
      @Option(names = "--config", paramLabel = "FILE", description = "The file to read.")
          @Nullable Path file,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    LoadedConfig loaded = load(file);
    if (json) {
      ObjectNode keys = JsonMapper.shared().createObjectNode();
      for (LoadedConfig.Value value : loaded.values()) {
        ObjectNode entry = keys.putObject(value.key());
        value
            .value()
            .ifPresentOrElse(it -> entry.putPOJO("value", it), () -> entry.putNull("value"));
        entry.put("source", value.source());
      }
      terminal.out().println(keys);
    } else {
      for (LoadedConfig.Value value : loaded.values()) {
        String shown = value.value().map(Object::toString).orElse("none");
        terminal.out().println(value.key() + ": " + shown + "  # " + value.source());
      }
    }
    loaded.warnings().forEach(warning -> terminal.err().println("warning: " + warning));
    return 0;
  }

  @Command(
      name = "check",
      description = "Judge the configuration; exit status 1 when it has faults.")
  int check(
      @Option(names = "--config", paramLabel = "FILE", description = "The file to judge.")
          @Nullable Path file,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    if (!json) {
      LoadedConfig loaded = load(file); // its faults are printed by the handler of failures
      loaded.warnings().forEach(warning -> terminal.err().println("warning: " + warning));
      terminal.err().println("The configuration is valid.");
      return 0;
    }
    ObjectNode verdict = JsonMapper.shared().createObjectNode();
    ArrayNode problems = JsonMapper.shared().createArrayNode();
    ArrayNode warnings = JsonMapper.shared().createArrayNode();
    try {
      load(file).warnings().forEach(warnings::add);
    } catch (ConfigInvalid e) {
      e.problems()
          .forEach(problem ->
              problems
                  .addObject()
                  .put("key", problem.key())
                  .put("message", problem.message())
                  .put("source", problem.source()));
    }
    verdict.put("valid", problems.isEmpty());
    verdict.set("problems", problems);
    verdict.set("warnings", warnings);
    terminal.out().println(verdict);
    return problems.isEmpty() ? 0 : 1;
  }

  private LoadedConfig load(@Nullable Path file) {
    Path directory = Path.of("").toAbsolutePath();
    Path home = Path.of(System.getProperty("user.home"));
    return new ConfigLoader(terminal.environment(), directory, home)
        .load(Optional.ofNullable(file), List.of());
  }
}
