package dev.aidb.mcp;

import dev.aidb.operation.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A client that can be as right or as wrong as a test wants it. */
public final class Talk implements AutoCloseable {
  /** What the stateless revision asks of every request. */
  public static final String META =
      """
      {"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
      "io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},\
      "io.modelcontextprotocol/clientCapabilities":{}}\
      """;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;
  private final Map<String, String> headers = new LinkedHashMap<>();

  public Talk(URI address) {
    this.address = address;
    headers.put("Content-Type", "application/json");
    headers.put("Accept", "application/json, text/event-stream");
  }

  /** Sends this header too, or instead. */
  public Talk with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Doesn't send this header. */
  public Talk without(String name) {
    headers.remove(name);
    return this;
  }

  /** An answer. */
  public record Answer(int status, String body, java.net.http.HttpHeaders headers) {
    public JsonNode json() {
      return Json.mapper().readTree(body);
    }

    public JsonNode result() {
      return json().path("result");
    }

    public JsonNode error() {
      return json().path("error");
    }

    /** The text of a tool's first block. */
    public String text() {
      return result().path("content").path(0).path("text").asString("");
    }
  }

  /** Asks in the stateless revision. */
  public Answer ask(String method, String params) {
    return ask(method, params, "");
  }

  /** Asks in the stateless revision for something that has a name. */
  public Answer ask(String method, String params, String name) {
    headers.put("MCP-Protocol-Version", "2026-07-28");
    headers.put("Mcp-Method", method);
    if (name.isEmpty()) {
      headers.remove("Mcp-Name");
    } else {
      headers.put("Mcp-Name", name);
    }
    String inner = params.substring(1, params.length() - 1);
    String all = "{" + inner + (inner.isBlank() ? "" : ",") + "\"_meta\":" + META + "}";
    return send(request(method, all));
  }

  /** Calls a tool in the stateless revision. */
  public Answer call(String tool, String arguments) {
    return ask("tools/call", "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + "}", tool);
  }

  /** Asks in a revision with a handshake. */
  public Answer askAs(String revision, String method, String params) {
    headers.put("MCP-Protocol-Version", revision);
    return send(request(method, params));
  }

  /** A request. */
  public static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
  }

  /** Sends these bytes. */
  public Answer send(String body) {
    return send("POST", HttpRequest.BodyPublishers.ofString(body));
  }

  /** Sends with that method. */
  public Answer send(String method, HttpRequest.BodyPublisher body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).method(method, body);
    headers.forEach(request::header);
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), answer.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
