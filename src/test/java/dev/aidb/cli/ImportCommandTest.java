package dev.aidb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ImportCommandTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;

  private final Map<String, JsonNode> stored = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private volatile ImportCommand command = command();

  /** What the server does with its n-th request; what it returns true for is answered as usual. */
  private interface Fault {
    boolean passes(HttpExchange exchange, int request) throws IOException;
  }

  private volatile Fault fault = (exchange, request) -> true;
  private volatile int answersBeforeDying = Integer.MAX_VALUE;
  private volatile int silentAfter = Integer.MAX_VALUE;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/documents/batch", this::serve);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      int request = requests.incrementAndGet();
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (!fault.passes(exchange, request)) {
        return;
      }
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream answer = exchange.getResponseBody()) {
        answer(new String(body, StandardCharsets.UTF_8).split("\n"), answer);
      }
    }
  }

  private void answer(String[] lines, OutputStream answer) throws IOException {
    for (int i = 0; i < lines.length; i++) {
      if (silentAfter-- == 0) {
        keepSilent();
        return;
      }
      if (answersBeforeDying-- == 0) {
        answer.write("{\"line\":".getBytes(StandardCharsets.UTF_8));
        return;
      }
      JsonNode document = JSON.readTree(lines[i]);
      String path = document.path("path").asString("");
      String rest;
      if (document.path("content").asString("").contains("secret")) {
        rest = "\"status\":422,\"outcome\":\"refused\",\"problem\":{\"detail\":\"holds a secret\"}";
      } else {
        JsonNode before = stored.put(path, document);
        String outcome = before == null ? "created" : "updated";
        outcome = document.equals(before) ? "unchanged" : outcome;
        rest = "\"status\":200,\"outcome\":\"" + outcome + "\",\"id\":\"x\",\"chunks\":2";
      }
      String line = "{\"line\":" + (i + 1) + "," + rest + "}\n";
      answer.write(line.getBytes(StandardCharsets.UTF_8));
      answer.flush();
    }
  }

  /** Longer than the client is willing to wait. */
  private static void keepSilent() throws IOException {
    try {
      Thread.sleep(3_000);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private ImportCommand command() {
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintWriter(out, true, StandardCharsets.UTF_8),
            new PrintWriter(err, true, StandardCharsets.UTF_8),
            Map.of(),
            false);
    return new ImportCommand(terminal);
  }

  private int run(String... more) {
    List<String> args = new ArrayList<>(List.of(folder.toString(), "--collection", "nixos_docs"));
    args.addAll(List.of("--url", "http://127.0.0.1:" + server.getAddress().getPort()));
    args.addAll(List.of(more));
    out.reset();
    err.reset();
    command = command();
    CommandLine line = new CommandLine(command);
    line.setErr(new PrintWriter(err, true));
    return line.execute(args.toArray(String[]::new));
  }

  private JsonNode summary() {
    return JSON.readTree(out.toString(StandardCharsets.UTF_8));
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void writeMany(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      write("d" + i + ".txt", "text " + i);
    }
  }

  @Test
  void everyTypeOfFileIsStoredOnceAndThenUnchanged() throws IOException {
    write("a.md", "\uFEFF# A");
    write("sub/b.html", "<p>b");
    write("sub/c.rst", "C\n=\n");
    write("man/d.1", ".TH D 1\n.SH NAME\nd \\- e\n");
    write("f.txt", "f");
    write(".git/config", "hidden");
    write(
        "many.ndjson",
        "{\"path\":\"n1\",\"content\":\"x\",\"title\":\"T\"}\n\n"
            + "{\"path\":\"n2\",\"content\":\"y\",\"project\":\"other\"}");
    try (OutputStream gz = new GZIPOutputStream(Files.newOutputStream(folder.resolve("g.8.gz")))) {
      gz.write(".Dd x\n.Dt G 8\n.Sh NAME\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(run("--project", "p", "--json")).as(err.toString()).isZero();
    assertThat(stored.keySet())
        .containsExactlyInAnyOrder(
            "a.md", "sub/b.html", "sub/c.rst", "man/d.1", "f.txt", "g.8.gz", "n1", "n2");
    assertThat(document("a.md").path("content").asString()).isEqualTo("# A");
    assertThat(type("a.md")).isEqualTo("text/markdown");
    assertThat(type("sub/b.html")).isEqualTo("text/html");
    assertThat(type("sub/c.rst")).isEqualTo("text/x-rst");
    assertThat(type("man/d.1")).isEqualTo("text/troff");
    assertThat(type("g.8.gz")).isEqualTo("text/troff");
    assertThat(type("f.txt")).isEqualTo("text/plain");
    assertThat(document("n1").path("project").asString()).isEqualTo("p");
    assertThat(document("n2").path("project").asString()).isEqualTo("other");
    assertThat(summary().path("created").asInt()).isEqualTo(8);
    assertThat(run("--project", "p", "--json")).isZero();
    assertThat(summary().path("unchanged").asInt()).isEqualTo(8);
  }

  private JsonNode document(String path) {
    return java.util.Objects.requireNonNull(stored.get(path));
  }

  private String type(String path) {
    return document(path).path("content_type").asString();
  }

  @Test
  void whatCannotBeStoredIsToldWithItsReason() throws IOException {
    write("good.txt", "good");
    write("bad.txt", "a secret");
    write("empty.txt", " ");
    write("long.txt", "x".repeat(1_000_001));
    write("lines.jsonl", "[1]\nnot json\n{\"path\":\"l\",\"content\":\"c\"}\n");
    Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xE9, 'b'});
    Files.write(folder.resolve("binary.dat"), new byte[] {1, 0, 2});
    assertThat(run("--json")).isEqualTo(1);
    assertThat(summary().path("created").asInt()).isEqualTo(2);
    assertThat(summary().path("refused").asInt()).isEqualTo(7);
    assertThat(summary().path("reasons").propertyNames())
        .contains("holds a secret", "empty", "not a text", "more than 1,000,000 characters");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("bad.txt: holds a secret");
    assertThat(run("--encoding", "ISO-8859-1", "--include", "latin.txt")).isZero();
    assertThat(document("latin.txt").path("content").asString()).isEqualTo("a\u00E9b");
  }

  @Test
  void aServerThatRestartsIsWaitedFor() throws IOException {
    writeMany(20);
    fault =
        (exchange, request) -> {
          if (request > 2) {
            return true;
          }
          exchange.sendResponseHeaders(503, -1);
          return false;
        };
    assertThat(run("--json")).isZero();
    assertThat(summary().path("created").asInt()).isEqualTo(20);
  }

  @Test
  void anAnswerThatBreaksOffIsContinuedWithTheRest() throws IOException {
    writeMany(20);
    answersBeforeDying = 7;
    assertThat(run("--json")).isZero();
    assertThat(summary().path("created").asInt()).isEqualTo(20);
    assertThat(requests).hasValue(2);
  }

  @Test
  void anAnswerThatFallsSilentIsBrokenOffAndContinued() throws IOException {
    writeMany(20);
    silentAfter = 7;
    assertThat(run("--json", "--answer-seconds", "1")).isZero();
    assertThat(summary().path("created").asInt()).isEqualTo(20);
    assertThat(requests).hasValue(2);
  }

  @Test
  void anotherPartysTextCantSteerTheTerminal() throws IOException {
    write("a\u001b[2Jb.txt", "a secret");
    assertThat(run()).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("a[2Jb.txt: holds a secret")
        .doesNotContain("\u001b");
  }

  @Test
  void aServerThatStaysAwayFailsTheImport() throws IOException {
    writeMany(3);
    server.stop(0);
    assertThat(run("--json", "--retry-seconds", "0")).isEqualTo(1);
    assertThat(summary().path("failure").asString()).contains("nothing answers");
  }

  @Test
  void aRefusedRequestIsNotRepeated() throws IOException {
    writeMany(3);
    fault =
        (exchange, request) -> {
          byte[] problem =
              "{\"detail\":\"A valid API key is needed\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(401, problem.length);
          exchange.getResponseBody().write(problem);
          return false;
        };
    assertThat(run()).isEqualTo(1);
    assertThat(requests).hasValue(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("A valid API key is needed", "--key-file", "AIDB_API_KEY_FILE")
        .doesNotContain("Run the same command again");
  }

  @Test
  void anInterruptedImportTellsAndGoesOnNextTime() throws Exception {
    writeMany(50);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    fault =
        (exchange, request) -> {
          first.countDown();
          try {
            return go.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    Thread user =
        Thread.startVirtualThread(() -> {
          try {
            first.await();
          } catch (InterruptedException e) {
            return;
          }
          command.interrupt();
          go.countDown();
        });
    assertThat(run("--json", "--batch-documents", "5")).isEqualTo(130);
    user.join();
    assertThat(summary().path("interrupted").asBoolean()).isTrue();
    int created = summary().path("created").asInt();
    assertThat(created).isBetween(1, 15);
    assertThat(run("--json")).isZero();
    assertThat(summary().path("unchanged").asInt()).isEqualTo(created);
    assertThat(summary().path("created").asInt()).isEqualTo(50 - created);
  }

  @Test
  void aDryRunSendsNothing() throws IOException {
    writeMany(3);
    assertThat(run("--dry-run")).isZero();
    assertThat(requests).hasValue(0);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("3 documents would be sent");
  }

  @Test
  void patternsAndLinksAreHeeded() throws IOException {
    write("docs/a.md", "a");
    write("docs/b.txt", "b");
    write("docs/draft/c.md", "c");
    Files.createSymbolicLink(folder.resolve("docs/loop"), folder);
    assertThat(run("--include", "*.md", "--exclude", "docs/draft/**", "--follow-symlinks"))
        .isZero();
    assertThat(stored).containsOnlyKeys("docs/a.md");
  }

  @Test
  void wrongUsageIsTold() {
    assertThat(run("--type", "image/png")).isEqualTo(2);
    assertThat(run("--url", "nowhere")).isEqualTo(2);
    assertThat(run("--encoding", "no-such")).isEqualTo(2);
    assertThat(run("--key-file", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(run("--no-such-flag")).isEqualTo(2);
  }

  @Test
  void aRateLimitIsWaitedForHoweverLittlePatienceThereIs() throws Exception {
    write("a.md", "text");
    fault =
        (exchange, request) -> {
          if (request > 2) {
            return true;
          }
          exchange.getResponseHeaders().add("Retry-After", "1");
          exchange.sendResponseHeaders(429, -1);
          return false;
        };
    assertThat(run("--retry-seconds", "0")).isZero();
    assertThat(requests).hasValue(3);
    assertThat(ImportProgress.waiting(java.time.Duration.ofMillis(41_200)))
        .isEqualTo("waiting 42 s for the rate limit");
  }

  @Test
  void progressTellsRateAndTimeLeft() {
    assertThat(ImportProgress.line(50, 150, 10_000_000_000L))
        .isEqualTo("50 of 150 documents, 5/s, 20 s left");
  }

  @Test
  void theBarFitsTheTerminal() {
    assertThat(ImportProgress.bar(50, 100, 10_000_000_000L, 80))
        .isEqualTo("[####################....................] 50 of 100 documents, 5/s, 10 s left")
        .hasSizeLessThan(80);
    assertThat(ImportProgress.bar(50, 100, 10_000_000_000L, 40)).hasSizeLessThan(40);
    assertThat(ImportProgress.bar(0, 0, 0, 200)).endsWith("] 0 of 0 documents, 0/s");
    assertThat(ImportProgress.line(1, 60_001, 1_000_000_000L)).endsWith("1/s, 17 h left");
  }
}
