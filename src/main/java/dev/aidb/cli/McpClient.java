package dev.aidb.cli;

import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The clients whose configuration is known. */
enum McpClient {
  CLAUDE("Paste into claude_desktop_config.json (Settings, Developer, Edit Config):") {
    @Override
    String snippet(String command, String url, boolean full) {
      return nested("mcpServers", started(command, full));
    }
  },
  CLAUDE_CODE("Run in the project's folder:") {
    @Override
    String snippet(String command, String url, boolean full) {
      return "claude mcp add --transport http aidb " + url;
    }
  },
  CODEX("Paste into ~/.codex/config.toml:") {
    @Override
    String snippet(String command, String url, boolean full) {
      return "[mcp_servers.aidb]\ncommand = %s\nargs = [\"mcp\"%s]"
          .formatted(quoted(command), full ? ", \"--full\"" : "");
    }
  },
  CURSOR("Paste into ~/.cursor/mcp.json, or .cursor/mcp.json of a project:") {
    @Override
    String snippet(String command, String url, boolean full) {
      return nested("mcpServers", JSON.createObjectNode().put("url", url));
    }
  },
  GEMINI("Paste into ~/.gemini/settings.json:") {
    @Override
    String snippet(String command, String url, boolean full) {
      return nested("mcpServers", JSON.createObjectNode().put("httpUrl", url));
    }
  },
  VSCODE("Paste into .vscode/mcp.json:") {
    @Override
    String snippet(String command, String url, boolean full) {
      return nested("servers", JSON.createObjectNode().put("type", "http").put("url", url));
    }
  };

  private static final JsonMapper JSON = JsonMapper.shared();

  private final String place;

  McpClient(String place) {
    this.place = place;
  }

  /** Where the snippet goes. */
  String place() {
    return place;
  }

  /**
   * What to paste there.
   *
   * @param command how the program is started
   * @param url the endpoint
   * @param full whether every operation is to be a tool
   */
  abstract String snippet(String command, String url, boolean full);

  private static ObjectNode started(String command, boolean full) {
    ObjectNode server = JSON.createObjectNode().put("command", command);
    var arguments = server.putArray("args").add("mcp");
    if (full) {
      arguments.add("--full");
    }
    return server;
  }

  private static String nested(String name, ObjectNode server) {
    ObjectNode root = JSON.createObjectNode();
    root.putObject(name).set("aidb", server);
    return root.toPrettyString();
  }

  private static String quoted(String text) {
    return JSON.writeValueAsString(text); // a basic string of TOML is one of JSON
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
