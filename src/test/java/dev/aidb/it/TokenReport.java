package dev.aidb.it;

import dev.aidb.mcp.McpRoutes;
import dev.aidb.mcp.Talk;
import dev.aidb.testkit.RunningServer;
import dev.aidb.tokens.Tokens;
import java.net.URI;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Counts, with o200k_base on the bytes that a real server sends, what a client's model reads before
 * it does anything. Ends with status 1 when the compact list is over its budget.
 */
public final class TokenReport {
  private static final int BUDGET = 500;

  private TokenReport() {}

  public static void main(String[] arguments) {
    int compact;
    try (RunningServer server = RunningServer.start(config -> config)) {
      String base = "http://127.0.0.1:" + server.port();
      compact = list(base + McpRoutes.COMPACT);
      int before = listBefore(base + McpRoutes.COMPACT);
      int full = list(base + McpRoutes.FULL);
      System.out.printf(
          Locale.ROOT,
          """
          tools/list, tokens (o200k_base, whole responses)
            compact, 2026-07-28      %5d   (budget %d)
            compact, 2025-11-25      %5d
            full, every operation    %5d   compact saves %.0f %%
            the system this replaces   541   it saved 72 %%
          """,
          compact,
          BUDGET,
          before,
          full,
          100.0 * (full - compact) / full);
    }
    System.exit(compact <= BUDGET ? 0 : 1);
  }

  private static int listBefore(String address) {
    try (Talk talk = new Talk(URI.create(address))) {
      return Tokens.count(talk.askAs("2025-11-25", "tools/list", "{}").body());
    }
  }

  private static int list(String address) {
    int tokens = 0;
    try (Talk talk = new Talk(URI.create(address))) {
      String params = "{}";
      while (!params.isEmpty()) {
        Talk.Answer page = talk.ask("tools/list", params);
        tokens += Tokens.count(page.body());
        JsonNode next = page.result().path("nextCursor");
        params = next.isString() ? "{\"cursor\":\"" + next.asString() + "\"}" : "";
      }
    }
    return tokens;
  }
}
