package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aidb.app.Aidb;
import dev.aidb.config.Config;
import dev.aidb.config.ConfigInvalid;
import dev.aidb.core.StartFailure;
import dev.aidb.store.DataDirectory;
import dev.aidb.testkit.PostgresForTests;
import dev.aidb.testkit.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starts that can't succeed: said plainly, and nothing is left behind. */
class StartFailureTest {
  private final Path data = RunningServer.newDirectory();

  @AfterEach
  void delete() throws IOException {
    PostgresForTests.delete(data);
  }

  private static StartFailure failure(Config config) {
    return catchThrowableOfType(StartFailure.class, () -> Aidb.start(config, "test").close());
  }

  @Test
  void aTakenPortIsSaidAndAllElseIsStoppedAgain() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      StartFailure failure =
          failure(RunningServer.config(data).with("server.port", taken.getLocalPort()));
      assertThat(failure).hasMessage("port " + taken.getLocalPort() + " on 127.0.0.1 is taken");
      assertThat(failure.advice()).contains("--port");
    }
    assertNothingIsLeft();
  }

  /** No PostgreSQL that serves this directory, and nobody who holds it. */
  private void assertNothingIsLeft() {
    assertThat(RunningServer.pidFile(data)).doesNotExist();
    assertThat(
            ProcessHandle.current()
                .descendants()
                .filter(p ->
                    p.info().commandLine().map(c -> c.contains(data.toString())).orElse(false)))
        .isEmpty();
    DataDirectory.open(data).close();
  }

  @Test
  void aDirectoryInUseIsSaidAndItsHolderGoesOn() {
    RunningServer shared = RunningServer.shared();
    StartFailure failure = failure(RunningServer.config(shared.data()));
    assertThat(failure).hasMessageContaining("in use").hasMessageContaining(shared.data() + "");
    assertThat(failure.advice()).isNotEmpty();
    assertThat(shared.client().get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Path file = Files.createFile(data.resolve("file"));
    for (Path path : new Path[] {file, file.resolve("below")}) {
      StartFailure failure = failure(RunningServer.config(path));
      assertThat(failure).hasMessageContaining("can't be made");
      assertThat(failure.advice()).contains("--data-dir");
    }
  }

  @Test
  void aCorruptClusterIsSaidAndAllElseIsStoppedAgain() throws IOException {
    Files.createDirectories(data.resolve("postgres/data"));
    StartFailure failure = failure(RunningServer.config(data));
    assertThat(failure).isNotNull();
    assertThat(failure.advice()).isNotEmpty();
    assertNothingIsLeft();
  }

  @Test
  void aBadConfigurationStartsNothing() {
    for (String[] bad :
        new String[][] {
          {"server.port", "99999"},
          {"server.host", "0.0.0.0"},
          {"health.interval", "soon"},
          {"no.such", "1"}
        }) {
      StartFailure failure =
          catchThrowableOfType(
              ConfigInvalid.class, () -> RunningServer.config(data).with(bad[0], bad[1]));
      assertThat(failure).as(bad[0]).hasMessageContaining(bad[0]);
    }
  }
}
