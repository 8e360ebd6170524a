package dev.aidb.mcp;

import dev.aidb.guard.RequestHead;
import java.util.List;
import java.util.Locale;

/**
 * What forms of answer a client takes.
 *
 * @param json one JSON object
 * @param events a stream of events
 */
record Accepted(boolean json, boolean events) {
  /**
   * What a request says; one that says nothing takes JSON.
   *
   * @throws RpcError when it takes neither
   */
  static Accepted of(RequestHead head) {
    List<String> lines = head.headers("accept");
    if (lines.isEmpty()) {
      return new Accepted(true, false);
    }
    boolean json = false;
    boolean events = false;
    for (String range : String.join(",", lines).toLowerCase(Locale.ROOT).split(",", -1)) {
      String type = range.split(";", 2)[0].strip();
      json |= type.equals("application/json") || type.equals("application/*");
      events |= type.equals("text/event-stream") || type.equals("text/*");
      if (type.equals("*/*")) {
        json = true;
      }
    }
    if (!json && !events) {
      throw RpcError.notAcceptable();
    }
    return new Accepted(json, events);
  }
}
