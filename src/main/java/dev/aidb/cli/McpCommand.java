package dev.aidb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aidb mcp}: speaks the Model Context Protocol on standard input and output. */
@Command(
    name = "mcp",
    description = "Speak the Model Context Protocol on standard input and output.",
    footer = {
      "",
      "For clients that start their servers themselves. Talks to the server at --url; where that is",
      "this machine and none runs, it starts one and stops it at the end. Only protocol goes to",
      "standard output.",
      "",
      "Examples:",
      "  aidb mcp",
      "  aidb mcp config claude",
      "  aidb mcp config vscode --url http://127.0.0.1:9000"
    })
final class McpCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--full",
      description = "Offer a tool for every operation instead of the few compact ones.")
  private boolean full;

  McpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (McpServerAtHand atHand = new McpServerAtHand(server.address(terminal), terminal)) {
      McpBridge bridge =
          new McpBridge(
              atHand,
              full ? "/mcp/full" : "/mcp",
              server.key(terminal),
              server.timeout(),
              terminal);
      bridge.run();
    }
    return 0;
  }

  @Command(
      name = "config",
      description = "Print what to paste into a client's configuration.",
      footer = {"", "Clients: claude, claude-code, codex, cursor, gemini, vscode."})
  int config(
      @Mixin ServerOptions where,
      @Parameters(paramLabel = "CLIENT", description = "The client.") McpClient client,
      @Option(names = "--full", description = "A tool for every operation.") boolean all) {
    String command = terminal.variable(McpServerAtHand.LAUNCHER).orElse("aidb");
    String url = where.address(terminal).toString().replaceAll("/+$", "");
    terminal.err().println(client.place());
    terminal.out().println(client.snippet(command, url + (all ? "/mcp/full" : "/mcp"), all));
    return 0;
  }
}
