package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.mcp.Talk;
import dev.aidb.operation.Json;
import dev.aidb.testkit.RealRedis;
import dev.aidb.testkit.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code aidb mcp} as a client would start it. */
class McpStdioTest {
  @TempDir Path folder;

  /** A started {@code aidb mcp}. */
  private static final class Pipe implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    Pipe(Process process) {
      this.process = process;
      this.in = process.outputWriter(StandardCharsets.UTF_8);
      this.out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void say(String line) throws IOException {
      in.write(line + "\n");
      in.flush();
    }

    JsonNode hear() throws IOException {
      String line = out.readLine();
      assertThat(line).as("an answer").isNotNull();
      return Json.mapper().readTree(line);
    }

    JsonNode ask(String method, String params) throws IOException {
      say(Talk.request(method, params));
      return hear();
    }

    /** What else is said until the end, after the client has closed its side. */
    List<String> end() throws Exception {
      in.close();
      List<String> rest = new ArrayList<>(out.lines().toList());
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      return rest;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private Pipe start(Program program, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("mcp"));
    all.addAll(List.of(arguments));
    return new Pipe(
        program.start(Files.createTempFile(folder, "mcp", ".err"), all.toArray(String[]::new)));
  }

  private static String url() {
    return "http://127.0.0.1:" + RunningServer.shared().port();
  }

  @Test
  void aClientWithAHandshakeTalksToTheServerThatRuns() throws Exception {
    try (Pipe pipe = start(Program.plain(), "--url", url())) {
      JsonNode agreed =
          pipe.ask(
              "initialize",
              "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{}}");
      assertThat(agreed.path("result").path("protocolVersion").asString()).isEqualTo("2025-06-18");
      pipe.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
      assertThat(pipe.ask("tools/list", "{}").path("result").path("tools").size()).isPositive();
      assertThat(pipe.ask("server/discover", "{}").path("error").path("code").asInt())
          .isEqualTo(-32601);
      assertThat(pipe.end()).isEmpty();
    }
  }

  @Test
  void aStatelessClientNeedsNoHandshake() throws Exception {
    try (Pipe pipe = start(Program.plain(), "--url", url(), "--full")) {
      String meta = "\"_meta\":" + Talk.META;
      assertThat(pipe.ask("server/discover", "{" + meta + "}").path("result").has("resultType"))
          .isTrue();
      JsonNode called =
          pipe.ask("tools/call", "{\"name\":\"list_collections\",\"arguments\":{}," + meta + "}");
      assertThat(called.path("result").path("structuredContent").has("collections")).isTrue();
      JsonNode unknown = pipe.ask("resources/read", "{\"uri\":\"aidb://ünknown\"," + meta + "}");
      assertThat(unknown.path("error").path("code").asInt()).isEqualTo(-32602);
      assertThat(pipe.end()).isEmpty();
    }
  }

  @Test
  void whatIsWrongIsAnsweredAndTheNextMessageIsTaken() throws Exception {
    try (Pipe pipe = start(Program.plain(), "--url", url())) {
      pipe.say("nonsense");
      assertThat(pipe.hear().path("error").path("code").asInt()).isEqualTo(-32700);
      pipe.say("x".repeat(9 << 20));
      assertThat(pipe.hear().path("error").path("message").asString()).contains("8 MiB");
      pipe.say(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":9}}");
      assertThat(pipe.ask("ping", "{}").path("result").isObject()).isTrue();
      Set<Integer> ids = new HashSet<>();
      for (int i = 0; i < 50; i++) {
        pipe.say("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"ping\"}");
      }
      for (int i = 0; i < 50; i++) {
        ids.add(pipe.hear().path("id").asInt());
      }
      assertThat(ids).hasSize(50);
      assertThat(pipe.end()).isEmpty();
    }
  }

  @Test
  void withoutAServerAndAWayToStartOneItSaysSo() throws Exception {
    String nobody = "http://127.0.0.1:" + RealRedis.freePort();

    try (Pipe pipe = start(Program.plain(), "--url", nobody)) {
      assertThat(pipe.ask("ping", "{}").path("error").path("message").asString())
          .contains("No server runs at " + nobody, "aidb serve");
      assertThat(pipe.end()).isEmpty();
    }
  }

  @Test
  void whereNoServerRunsOneIsStartedForAsLongAsItIsNeeded() throws Exception {
    Path launcher = folder.resolve("launcher");
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec %s \"$@\" --data-dir '%s'\n"
            .formatted(Program.plain().shellCommand("server"), RunningServer.newDirectory()));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    Program program = Program.plain().with("AIDB_LAUNCHER", launcher.toString());

    try (Pipe pipe = start(program, "--url", "http://127.0.0.1:" + RealRedis.freePort())) {
      assertThat(pipe.ask("ping", "{}").path("result").isObject()).isTrue();
      ProcessHandle server = pipe.process.children().findFirst().orElseThrow();
      assertThat(pipe.end()).isEmpty();
      assertThat(server.isAlive()).isFalse();
    }
  }
}
