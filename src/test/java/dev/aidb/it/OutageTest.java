package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL goes away from under a server of this test's own, and comes back. */
@Timeout(120)
class OutageTest {
  private static RunningServer server;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    server =
        RunningServer.start(config ->
            config.with("health.interval", "PT0.1S").with("database.pool.timeout", "PT1S"));
    api = server.client();
    assertThat(put("before", "bandicoot").status()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Answer put(String path, String content) {
    return api.post(
        "/documents", Map.of("collection", "nixos_docs", "path", path, "content", content));
  }

  private static Answer search(String query) {
    return api.post("/vector/search", Map.of("query", query));
  }

  private static boolean ready() {
    return api.get("/health/ready").status() == 200;
  }

  @Test
  void failsPlainlyWhilePostgresIsDeadAndRecoversByItself() throws IOException {
    Path program = program();
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(program);
    try {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rw-r--r--"));
      for (ProcessHandle process : processes()) {
        process.destroyForcibly();
      }
      Eventually.within(Duration.ofSeconds(20), "not ready", () -> !ready());

      Answer notReady = api.get("/health/ready");
      assertThat(notReady.status()).isEqualTo(503);
      assertThat(notReady.text("/message"))
          .isEqualTo("aidb is not ready: 1 critical dependencies unhealthy");
      assertThat(notReady.text("/details/dependencies/0/status")).isEqualTo("unhealthy");
      assertThat(notReady.text("/details/dependencies/0/error"))
          .isNotEmpty()
          .doesNotContain("jdbc", "SELECT", "xception");
      assertThat(api.get("/health/live").status()).isEqualTo(200);
      assertThat(api.get("/health").status()).isEqualTo(503);
      assertThat(api.get("/health").text("/database")).startsWith("unavailable: ");
      assertThat(api.plain("/readyz").status()).isEqualTo(503);
      assertThat(api.plain("/livez").status()).isEqualTo(200);

      for (Answer answer :
          List.of(search("wallaby"), put("during", "lost"), api.get("/collections"))) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.text("/code")).isEqualTo("unavailable");
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(answer.body()).doesNotContain("SELECT", "xception", "jdbc");
      }
    } finally {
      Files.setPosixFilePermissions(program, before);
    }
    Eventually.within(Duration.ofSeconds(60), "ready again", OutageTest::ready);
    assertThat(search("bandicoot").text("/results/0/content")).isEqualTo("bandicoot");
    assertThat(put("after", "potoroo").status()).isEqualTo(201);
    assertThat(search("potoroo").text("/results/0/content")).isEqualTo("potoroo");
  }

  @Test
  void noticesAPostgresThatHangs() throws IOException, InterruptedException {
    Eventually.within(Duration.ofSeconds(60), "ready", OutageTest::ready);
    List<ProcessHandle> processes = processes();
    signal("-STOP", processes);
    try {
      // Three probes of five seconds each must fail first, five seconds apart.
      Eventually.within(Duration.ofSeconds(60), "not ready", () -> !ready());
      assertThat(api.get("/health/live").status()).isEqualTo(200);
    } finally {
      signal("-CONT", processes);
    }
    Eventually.within(Duration.ofSeconds(30), "ready again", OutageTest::ready);
    assertThat(search("bandicoot quokka").text("/results/0/content")).isEqualTo("bandicoot");
  }

  private static List<ProcessHandle> processes() {
    ProcessHandle postmaster = server.postgres();
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    postmaster.descendants().forEach(all::add);
    return all;
  }

  private static Path program() throws IOException {
    try (var files = Files.walk(server.data())) {
      return files.filter(f -> f.endsWith(Path.of("bin", "postgres"))).findFirst().orElseThrow();
    }
  }

  private static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", name));
    processes.forEach(p -> command.add(Long.toString(p.pid())));
    new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
