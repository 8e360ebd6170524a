package dev.aidb.it.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.StartFailure;
import dev.aidb.it.Client;
import dev.aidb.it.Program;
import dev.aidb.it.Program.Ended;
import dev.aidb.it.Server;
import dev.aidb.store.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a server from starting is told in a sentence, with what to do, and status 1. */
class StartFailureTest {
  private static final int SECONDS_MAX = 60;
  private static final String MODEL = "all-minilm-l6-v2-q.onnx";

  @TempDir private static Path shared;

  /** One that runs, for what needs another beside it. */
  private static Server running;

  @TempDir private Path temp;

  @BeforeAll
  static void start() throws InterruptedException {
    running = Server.start(shared.resolve("data"));
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @Test
  void aDataDirectoryInUse() throws Exception {
    Ended second = serve(Program.plain(), shared.resolve("data"), 0);

    assertRefused(second, "is in use by process " + running.process().pid(), "--data-dir");
    try (Client client = running.client()) {
      assertThat(client.get("/health/ready").status()).isEqualTo(200);
    }
  }

  @Test
  void aPortThatIsTaken() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertRefused(
          serve(Program.plain(), temp.resolve("data"), other.getLocalPort()),
          "port " + other.getLocalPort() + " on 127.0.0.1 is taken",
          "--port");
    }
  }

  @Test
  void aDataDirectoryThatIsAFile() throws Exception {
    Path file = Files.writeString(temp.resolve("data"), "not a folder");
    assertRefused(serve(Program.plain(), file, 0), "is a file", "--data-dir");
  }

  @Test
  void aDataDirectoryThatMayNotBeWritten() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("sealed"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    // Root may write anywhere, but not where it has given that up.
    Program weak =
        isRoot()
            ? Program.plain().under("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
            : Program.plain();
    assertRefused(serve(weak, folder.resolve("data"), 0), "can't be made", "--data-dir");
  }

  @Test
  void aDiskWithTooLittleSpace() throws Exception {
    assertThatThrownBy(() -> DataDirectory.open(temp.resolve("data"), Long.MAX_VALUE))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("MiB left, less than");
  }

  @Test
  void aDamagedModel() throws Exception {
    Path classes = Files.createDirectory(temp.resolve("classes"));
    byte[] model;
    try (var in = StartFailureTest.class.getResourceAsStream("/" + MODEL)) {
      assertThat(in).isNotNull();
      model = in.readAllBytes();
    }
    model[model.length / 2] ^= 0x10;
    Files.write(classes.resolve(MODEL), model);
    assertRefused(
        serve(Program.plain().withClasses(classes), temp.resolve("data"), 0),
        "embedding model",
        "Install the program again");

    Files.write(
        classes.resolve(MODEL), "no model".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertRefused(
        serve(Program.plain().withClasses(classes), temp.resolve("data"), 0),
        "can't be loaded",
        "Restore the model file");
  }

  /** The files are thrown away and made anew, for the rows have everything. */
  @Test
  void aDamagedIndexIsBuiltAnewByItself() throws Exception {
    Path data = temp.resolve("data");
    Traffic traffic = new Traffic(1);
    try (Server server = Server.start(data);
        Client client = server.client()) {
      traffic.start(client);
      Thread.sleep(1_000);
      traffic.stop();
    }
    truncateIndex(data);
    try (Server server = Server.start(data);
        Client client = server.client()) {
      assertThat(server.said()).contains("search index cannot be used and is built anew: ");
      new Inspection(client, traffic.histories()).everythingAcknowledgedIsThere();
    }
  }

  private static void truncateIndex(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("index"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().endsWith(".lock")) {
          byte[] bytes = Files.readAllBytes(file);
          Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        }
      }
    }
  }

  @Test
  void aServerThatIsntThereIsToldToClients() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    Ended search =
        Program.plain().run(SECONDS_MAX, "search", "words", "--url", "http://127.0.0.1:" + nobody);
    assertThat(search.status()).isEqualTo(1);
    assertThat(search.out()).isEmpty();
    assertThat(search.err()).contains("aidb serve").doesNotContain("\tat ");
  }

  private static Ended serve(Program program, Path data, int port) throws Exception {
    return program.run(
        SECONDS_MAX, "serve", "--port", Integer.toString(port), "--data-dir", data.toString());
  }

  private static void assertRefused(Ended run, String why, String advice) {
    assertThat(run.err()).contains(why).contains(advice).doesNotContain("\tat ");
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    List<String> lines =
        run.err()
            .lines()
            .filter(l -> !l.startsWith("WARNING: Using") && !l.startsWith("{"))
            .toList();
    assertThat(lines.getFirst()).startsWith("aidb: ");
    assertThat(lines).hasSizeLessThan(4);
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
