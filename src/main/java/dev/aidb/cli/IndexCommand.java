package dev.aidb.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code aidb index}: compares the index with the rows, or builds it anew. */
@Command(
    name = "index",
    description = "Verify or rebuild the search index.",
    footer = {"", "Examples:", "  aidb index verify", "  aidb index rebuild --yes"})
final class IndexCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  IndexCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: verify or rebuild");
  }

  @Command(
      name = "verify",
      description = "Compare the index with the rows and repair what differs.")
  int verify(
      @Mixin ServerOptions server,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    return call(server, "verify_index", json);
  }

  @Command(name = "rebuild", description = "Build the index anew from the rows.")
  int rebuild(
      @Mixin ServerOptions server,
      @Mixin Confirmation confirmation,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    boolean agreed =
        confirmation.given(
            terminal, spec.commandLine(), "Build the whole index anew? That may take minutes.");
    return agreed ? call(server, "rebuild_index", json) : 1;
  }

  private int call(ServerOptions server, String operation, boolean json) {
    ApiClient api = server.connect(terminal);
    String answer =
        ServerOperation.find(api, operation).call(api, Map.of(), Optional.empty()).strip();
    if (json || !answer.startsWith("{")) {
      terminal.out().println(answer);
      return 0;
    }
    try {
      for (Map.Entry<String, JsonNode> field : JsonMapper.shared().readTree(answer).properties()) {
        String value =
            field.getValue().isString() ? field.getValue().asString() : field.getValue().toString();
        terminal.out().println(field.getKey().replace('_', ' ') + ": " + Terminal.harmless(value));
      }
    } catch (JacksonException e) {
      terminal.out().println(Terminal.harmless(answer));
    }
    return 0;
  }
}
