package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs as a person runs them: each a process, against a server that is another. */
class CommandLineTest {
  private static final int SECONDS_MAX = 90;
  private static final Path LIBRARY = Path.of("src/test/resources/dev/aidb/it/library");

  @TempDir private static Path shared;
  private static Server server;
  private static String url;

  @TempDir private Path temp;

  @BeforeAll
  static void start() throws InterruptedException {
    server = Server.start(shared.resolve("data"));
    url = server.awaitServing().toString();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Ended aidb(String... arguments) throws Exception {
    return Program.plain().with("AIDB_URL", url).run(SECONDS_MAX, arguments);
  }

  private static JsonNode json(Ended run) {
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void documentsOfEveryTypeAreImportedOnceAndFound() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("import", LIBRARY.toString(), "--collection", "nixos_docs"));
    command.addAll(List.of("--project", "library", "--json"));
    Ended first = aidb(command.toArray(String[]::new));
    assertThat(first.status()).as(first.err()).isZero();
    assertThat(json(first).path("created").asInt()).isEqualTo(7);
    Ended second = aidb(command.toArray(String[]::new));
    assertThat(json(second).path("unchanged").asInt()).as(second.err()).isEqualTo(7);

    assertThat(firstTitle("how often is the lamp wound")).isEqualTo("notes.txt");
    assertThat(firstTitle("restore the number of barrels")).isEqualTo("Backing up a cellar");
    assertThat(firstTitle("turning molten glass")).isEqualTo("Glassblowing for beginners");
    assertThat(firstTitle("temperament of an instrument")).isEqualTo("Tuning a harpsichord");
    assertThat(firstTitle("print what shines in burrows")).contains("ferret");
    assertThat(firstTitle("insects in winter")).isEqualTo("Bees");
    Ended shown = aidb("search", "turning", "molten", "glass", "--project", "library");
    assertThat(shown.out()).contains("Glassblowing for beginners").doesNotContain("{", "alert");
    Ended called =
        aidb(
            "call", "search", "query=trembling bees", "project=library", "limit=1", "mode=keyword");
    assertThat(called.status()).as(called.err()).isZero();
    assertThat(json(called).path("results").path(0).path("title").asString()).isEqualTo("Bees");
  }

  private static String firstTitle(String query) throws Exception {
    Ended run = aidb("search", query, "--project", "library", "--json");
    assertThat(run.status()).as(run.err()).isZero();
    return json(run).path("results").path(0).path("title").asString();
  }

  @Test
  void whatIsRefusedIsToldAndMakesTheStatusOne() throws Exception {
    Files.writeString(temp.resolve("good.md"), "# Good\n\nA fine text.");
    byte[] secret = new byte[300];
    new Random(1).nextBytes(secret);
    String key = "MIIE" + Base64.getEncoder().encodeToString(secret);
    Files.writeString(
        temp.resolve("key.txt"), "-----BEGIN " + "RSA PRIVATE KEY-----\n" + key + "\n");
    Files.write(temp.resolve("binary.txt"), new byte[] {0, 1, 2, 3});
    Ended run = aidb("import", temp.toString(), "--collection", "nixos_docs", "--project", "bad");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("1 created", "2 refused", "key.txt: ", "binary.txt: not a text")
        .doesNotContain("MIIE", "\tat ");
    Ended unknown = aidb("import", temp.toString(), "--collection", "no-such");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("Unknown collection: 'no-such'");
  }

  @Test
  void anImportCanBeInterruptedAndRunAgain() throws Exception {
    int documents = 300;
    for (int i = 0; i < documents; i++) {
      Files.writeString(temp.resolve(i + ".txt"), "Text " + i + " has words to embed. ".repeat(20));
    }
    String[] command = {
      "import",
      temp.toString(),
      "--collection",
      "nixos_docs",
      "--project",
      "interrupted",
      "--json",
      "--batch-documents",
      "20"
    };
    Path err = shared.resolve("interrupted.err");
    Process process = Program.plain().with("AIDB_URL", url).start(err, command);
    try (Client client = new Client(server.awaitServing())) {
      while (client
          .get("/documents?collection=nixos_docs&project=interrupted&limit=1")
          .body()
          .path("documents")
          .isEmpty()) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(20);
      }
    }
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    Ended cut = Program.finish(process, err, SECONDS_MAX);
    assertThat(cut.status()).as(cut.err()).isEqualTo(130);
    assertThat(cut.err()).contains("Interrupted. Run the same command again to go on.");
    int stored = json(cut).path("created").asInt();
    assertThat(stored).isBetween(1, documents - 1);

    Ended rest = aidb(command);
    assertThat(rest.status()).as(rest.err()).isZero();
    assertThat(json(rest).path("unchanged").asInt()).isEqualTo(stored);
    assertThat(json(rest).path("created").asInt()).isEqualTo(documents - stored);
  }

  /** Where the machine has manual pages and packages, they are imported too. */
  @Test
  void manualPagesOfTheMachineAreImported() throws Exception {
    Path manual = Path.of("/usr/share/man/man1");
    Path some = Files.createDirectory(temp.resolve("man1"));
    if (Files.isDirectory(manual)) {
      try (Stream<Path> pages = Files.list(manual)) {
        for (Path page :
            pages
                .filter(Files::isRegularFile)
                .filter(CommandLineTest::isShort)
                .sorted()
                .limit(8)
                .toList()) {
          Files.copy(page, some.resolve(page.getFileName()));
        }
      }
    }
    Files.copy(LIBRARY.resolve("man/ferret.1"), some.resolve("ferret.1"));
    long count;
    try (Stream<Path> files = Files.list(some)) {
      count = files.count();
    }
    Ended run =
        aidb("import", some.toString(), "--collection", "nixos_docs", "--project", "man", "--json");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(json(run).path("created").asLong()).isEqualTo(count);
  }

  private static boolean isShort(Path page) {
    try {
      return page.toString().endsWith(".gz") && Files.size(page) > 100 && Files.size(page) < 2_000;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void collectionsAreMadeListedAndDeleted() throws Exception {
    assertThat(aidb("collections", "create", "cellar").status()).isZero();
    assertThat(aidb("collections", "list").out()).contains("nixos_docs", "cellar");
    Ended again = aidb("collections", "create", "cellar");
    assertThat(again.status()).isEqualTo(1);
    Ended unasked = aidb("collections", "delete", "cellar");
    assertThat(unasked.status()).as(unasked.err()).isNotZero();
    assertThat(aidb("collections", "delete", "cellar", "--yes").status()).isZero();
    assertThat(aidb("collections", "list").out()).doesNotContain("cellar");
  }

  @Test
  void theIndexIsVerifiedAndBuiltAnew() throws Exception {
    Ended rebuilt = aidb("index", "rebuild", "--yes");
    assertThat(rebuilt.status()).as(rebuilt.err()).isZero();
    Ended verified = aidb("index", "verify");
    assertThat(verified.status()).as(verified.err()).isZero();
    assertThat(aidb("index", "verify", "--json").out()).contains("\"repaired\":false");
  }

  @Test
  void configurationAndVersionNeedNoServer() throws Exception {
    Ended shown = Program.plain().run(SECONDS_MAX, "config", "show");
    assertThat(shown.status()).isZero();
    assertThat(shown.out()).contains("data_dir", "8091");
    Path file = Files.writeString(temp.resolve("aidb.yaml"), "server:\n  prot: 1\n  port: 99999\n");
    Ended checked =
        Program.plain().run(SECONDS_MAX, "config", "check", "--config", file.toString());
    assertThat(checked.status()).isEqualTo(1);
    assertThat(checked.err() + checked.out()).contains("server.prot", "server.port");
    Ended version = Program.plain().run(SECONDS_MAX, "version");
    assertThat(version.status()).isZero();
    assertThat(version.out()).contains("aidb");
    assertThat(Program.plain().run(SECONDS_MAX, "no-such-verb").status()).isEqualTo(2);
  }
}
