package dev.aidb.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code aidb collections}: lists, makes and deletes collections. */
@Command(
    name = "collections",
    description = "List, create or delete collections.",
    footer = {
      "",
      "Examples:",
      "  aidb collections list",
      "  aidb collections create handbook",
      "  aidb collections delete handbook --yes"
    })
final class CollectionsCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  CollectionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: list, create or delete");
  }

  @Command(name = "list", description = "List the collections.")
  int list(
      @Mixin ServerOptions server,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    JsonNode answer = server.connect(terminal).get("/collections");
    if (json) {
      terminal.out().println(answer);
      return 0;
    }
    for (JsonNode collection : answer.path("collections")) {
      String name = Terminal.harmless(collection.path("name").asString(""));
      String records =
          collection.path("records").asString(collection.path("documents").asString(""));
      terminal.out().println((name + "\t" + records).stripTrailing());
    }
    return 0;
  }

  @Command(name = "create", description = "Create a collection.")
  int create(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "1 to 64 of a-z, 0-9, _ and -.") String name,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    JsonNode answer =
        server
            .connect(terminal)
            .post("/collections", JsonMapper.shared().createObjectNode().put("name", name));
    if (json) {
      terminal.out().println(answer);
    } else {
      terminal.err().println("Created " + name + ".");
    }
    return 0;
  }

  @Command(name = "delete", description = "Delete a collection and everything in it.")
  int delete(
      @Mixin ServerOptions server,
      @Mixin Confirmation confirmation,
      @Parameters(paramLabel = "NAME", description = "The collection.") String name,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    boolean agreed =
        confirmation.given(
            terminal, spec.commandLine(), "Delete " + name + " and everything in it?");
    if (!agreed) {
      return 1;
    }
    JsonNode answer =
        server
            .connect(terminal)
            .delete("/collections/" + URLEncoder.encode(name, StandardCharsets.UTF_8));
    if (json) {
      terminal.out().println(answer.isMissingNode() ? "{}" : answer.toString());
    } else {
      terminal.err().println("Deleted " + name + ".");
    }
    return 0;
  }
}
