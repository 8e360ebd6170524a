package dev.aidb.cli;

import dev.aidb.config.Secret;
import dev.aidb.core.StartFailure;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries messages between a client's pipes and a server's endpoint, a line each. What HTTP wants
 * in headers is taken from the messages; the only state is the revision that a handshake agreed on.
 */
final class McpBridge {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LINE_MAX = 8 * 1024 * 1024;
  private static final int AT_ONCE = 64;
  private static final int FINISH_SECONDS = 30;
  private static final String VERSION = "io.modelcontextprotocol/protocolVersion";
  private static final int INVALID_REQUEST = -32600;
  private static final int INTERNAL_ERROR = -32603;

  private final McpServerAtHand server;
  private final String path;
  private final Optional<Secret> key;
  private final Duration timeout;
  private final Terminal terminal;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Map<String, Thread> open = new ConcurrentHashMap<>();
  private volatile Optional<String> agreed = Optional.empty();

  McpBridge(
      McpServerAtHand server,
      String path,
      Optional<Secret> key,
      Duration timeout,
      Terminal terminal) {
    this.server = server;
    this.path = path;
    this.key = key;
    this.timeout = timeout;
    this.terminal = terminal;
  }

  /** Runs until the client closes its end, then finishes what is open. */
  void run() throws InterruptedException {
    try {
      for (Optional<String> line = line(); line.isPresent(); line = line()) {
        if (!line.get().isBlank()) {
          take(line.get());
        }
      }
    } catch (IOException e) {
      // The pipe broke, which is an end like any other.
    }
    if (!places.tryAcquire(AT_ONCE, FINISH_SECONDS, TimeUnit.SECONDS)) {
      open.values().forEach(Thread::interrupt);
    }
  }

  /** The next line; an overlong one is passed over and answered. */
  private Optional<String> line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    boolean tooLong = false;
    InputStream in = terminal.in();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        if (tooLong) {
          fail(MissingNode.getInstance(), INVALID_REQUEST, "A message has more than 8 MiB");
        }
        return Optional.of(tooLong ? "" : line.toString(StandardCharsets.UTF_8));
      }
      tooLong |= line.size() == LINE_MAX;
      if (!tooLong) {
        line.write(b);
      }
    }
    return line.size() == 0 || tooLong
        ? Optional.empty()
        : Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  private void take(String line) throws InterruptedException {
    JsonNode message = parse(line);
    String method = message.path("method").asString("");
    if (method.equals("notifications/cancelled")) {
      Optional.ofNullable(open.get(message.path("params").path("requestId").toString()))
          .ifPresent(Thread::interrupt);
      return;
    }
    places.acquire();
    Thread carrier = Thread.ofVirtual().unstarted(() -> carry(line, message));
    if (message.has("id")) {
      open.put(message.path("id").toString(), carrier);
    }
    carrier.start();
    if (method.equals("initialize")) {
      carrier.join(); // what follows speaks the revision that is agreed on now
    }
  }

  private void carry(String line, JsonNode message) {
    try {
      exchange(line, message);
    } catch (InterruptedException e) {
      // Cancelled: nothing more is said of it.
    } catch (HttpTimeoutException e) {
      fail(
          message.path("id"),
          INTERNAL_ERROR,
          "AIDB took longer than %d s; allow it more by aidb mcp --timeout"
              .formatted(timeout.toSeconds()));
    } catch (StartFailure e) {
      unreachable(message, e.getMessage() + ". " + e.advice());
    } catch (IOException e) {
      unreachable(message, "The connection to AIDB at " + server.address() + " broke off");
    } finally {
      open.remove(message.path("id").toString(), Thread.currentThread());
      places.release();
    }
  }

  private void unreachable(JsonNode message, String why) {
    if (message.has("id") && message.has("method")) {
      fail(message.path("id"), INTERNAL_ERROR, why);
    }
    terminal.err().println("aidb: " + why);
  }

  private void exchange(String line, JsonNode message) throws IOException, InterruptedException {
    HttpRequest request = request(line, message);
    HttpResponse<InputStream> answer = send(request);
    if (isStarting(answer)) {
      answer.body().close();
      server.awaitReady();
      answer = send(request);
    }
    boolean events =
        answer.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
    try (InputStream body = answer.body()) {
      if (events) {
        passEvents(body);
      } else {
        passAnswer(body, message, answer.statusCode());
      }
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return server.http().send(request, BodyHandlers.ofInputStream());
    } catch (ConnectException e) {
      server.ensure(); // at first, and when the one that was there was another client's
      return server.http().send(request, BodyHandlers.ofInputStream());
    }
  }

  /** Whether the server has yet to open the endpoint, which would answer in its own form. */
  private static boolean isStarting(HttpResponse<?> answer) {
    return answer.statusCode() == 503
        && answer
            .headers()
            .firstValue("content-type")
            .orElse("")
            .startsWith("application/problem+json");
  }

  private HttpRequest request(String line, JsonNode message) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.address().resolve(path))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(line));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
    JsonNode params = message.path("params");
    String declared = params.path("_meta").path(VERSION).asString("");
    if (!declared.isEmpty()) {
      request.header("MCP-Protocol-Version", harmless(declared));
      request.header("Mcp-Method", harmless(message.path("method").asString("")));
      String name =
          message.path("method").asString("").equals("resources/read")
              ? params.path("uri").asString("")
              : params.path("name").asString("");
      if (!name.isEmpty()) {
        request.header("Mcp-Name", encoded(name));
      }
    } else {
      agreed.ifPresent(revision -> request.header("MCP-Protocol-Version", revision));
    }
    return request.build();
  }

  private void passAnswer(InputStream body, JsonNode message, int status) throws IOException {
    String text = new String(body.readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean asks = message.has("id") && message.has("method");
    if (text.isEmpty() || !asks && message.isObject()) {
      return; // to a notification or an answer there is nothing to say
    }
    JsonNode answer = parse(text);
    if (answer instanceof ObjectNode object && object.has("jsonrpc")) {
      if (asks && !object.has("id")) {
        object.set("id", message.path("id")); // refused before it was read
      }
      if (message.path("method").asString("").equals("initialize")) {
        agreed =
            Optional.of(object.path("result").path("protocolVersion").asString(""))
                .filter(revision -> !revision.isEmpty());
      }
      say(object.toString());
      return;
    }
    fail(message.path("id"), INTERNAL_ERROR, "What answered isn't AIDB (HTTP " + status + ")");
  }

  private void passEvents(InputStream body) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data:")) {
        say(line.substring("data:".length()).strip());
      }
    }
  }

  private void fail(JsonNode id, int code, String why) {
    ObjectNode failure = JSON.createObjectNode().put("jsonrpc", "2.0");
    if (!id.isMissingNode()) {
      failure.set("id", id);
    }
    failure.putObject("error").put("code", code).put("message", why);
    say(failure.toString());
  }

  /** One message, one line, and nothing else. */
  private synchronized void say(String message) {
    if (!Thread.currentThread().isInterrupted()) {
      terminal.out().print(message + "\n");
      terminal.out().flush();
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      return MissingNode.getInstance(); // the server says what is wrong with it
    }
  }

  private static String harmless(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static String encoded(String name) {
    boolean plain =
        name.chars().allMatch(c -> c >= ' ' && c <= '~')
            && name.strip().equals(name)
            && !name.startsWith("=?base64?");
    return plain
        ? name
        : "=?base64?"
            + Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8))
            + "?=";
  }
}
