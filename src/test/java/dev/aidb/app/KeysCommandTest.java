package dev.aidb.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.cli.AidbCommand;
import dev.aidb.cli.Terminal;
import dev.aidb.operation.Json;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.RunningServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code aidb keys} beside a server that runs, and without one. */
class KeysCommandTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static RunningServer server;

  @TempDir private Path folder;

  private record Ended(int status, String out, String err) {
    JsonNode json() {
      return Json.mapper().readTree(out);
    }
  }

  @BeforeAll
  static void start() {
    server =
        RunningServer.start(
            config -> config.with("auth.required", true).with("rate_limit.enabled", false));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Ended keys(Path data, String input, boolean interactive, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err),
            Map.of(),
            interactive);
    List<String> all = new ArrayList<>(List.of("keys"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data-dir", data.toString()));
    int status =
        AidbCommand.run(terminal, List.of(new KeysCommand(terminal)), all.toArray(String[]::new));
    return new Ended(status, out.toString(), err.toString());
  }

  private static Ended keys(String... arguments) {
    return keys(server.data(), "", false, arguments);
  }

  private static int status(String key) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(server.client().base() + "/collections"))
                  .header("X-API-Key", key)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void becomes(String key, int status) {
    Eventually.within(
        Duration.ofSeconds(5), "the server answers " + status, () -> status(key) == status);
  }

  private static String read(Path file) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r--------");
    return Files.readString(file).strip();
  }

  @Test
  void aKeysLife() throws Exception {
    Ended made = keys("create", "--name", "ingest", "--scope", "write", "--expires", "P30D");
    assertThat(made.status()).as(made.err()).isZero();
    Path file = server.data().resolve("secrets/ingest.key");
    String first = read(file);
    assertThat(made.out()).isEmpty();
    assertThat(made.err()).contains(file.toString()).doesNotContain(first);
    becomes(first, 200);

    Ended rotated = keys("rotate", "--name", "ingest", "--yes", "--json");
    assertThat(rotated.status()).as(rotated.err()).isZero();
    String second = read(file);
    assertThat(second).isNotEqualTo(first);
    assertThat(read(Path.of(rotated.json().path("old_file").asString()))).isEqualTo(first);
    assertThat(rotated.json().path("state").asString()).isEqualTo("rotating");
    assertThat(rotated.out() + rotated.err()).doesNotContain(first).doesNotContain(second);
    becomes(second, 200);
    assertThat(status(first)).isEqualTo(200);

    JsonNode listed = keys("list", "--json").json().path("keys");
    assertThat(listed.toString()).contains("\"ingest\"", "\"admin\"").doesNotContain(second);

    Ended revoked = keys("revoke", "--name", "ingest", "--yes");
    assertThat(revoked.status()).as(revoked.err()).isZero();
    becomes(second, 401);
    assertThat(status(first)).isEqualTo(401);
    assertThat(keys("list").out()).doesNotContain("ingest");
    assertThat(keys("list", "--all").out()).contains("ingest", "revoked");
  }

  @Test
  void aKeyIsPrintedOnceAndOnlyWhenAsked() {
    Ended made = keys("create", "--name", "printed", "--print");
    assertThat(made.out().strip()).matches("aidb_[0-9a-z]{16}_[0-9a-z]{52}");
    assertThat(made.err()).doesNotContain(made.out().strip());
    assertThat(server.data().resolve("secrets/printed.key")).doesNotExist();
  }

  @Test
  void aServicesKeyGoesWhereItIsWanted() throws Exception {
    Path place = folder.resolve("service.key");
    Ended made =
        keys(
            "create",
            "--name",
            "service",
            "--collection",
            "nixos_docs,tool_schemas",
            "--per-minute",
            "5",
            "--per-hour",
            "50",
            "--out",
            place.toString(),
            "--json");
    assertThat(made.status()).as(made.err()).isZero();
    assertThat(made.json().path("file").asString()).isEqualTo(place.toString());
    assertThat(made.json().path("collections").size()).isEqualTo(2);
    assertThat(made.json().path("per_minute").asInt()).isEqualTo(5);
    assertThat(read(place)).contains(made.json().path("id").asString());
  }

  @Test
  void aKeyDoesNotTakeThePlaceOfAFolder() throws Exception {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Ended made = keys("create", "--name", "homeless", "--out", taken.toString());
    assertThat(made.status()).isEqualTo(2);
    assertThat(made.err()).contains("is a directory", "--out");
    assertThat(keys("list").out()).doesNotContain("homeless");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(taken);
    }
  }

  @Test
  void nothingIsDoneUnasked() {
    keys("create", "--name", "kept");
    Ended nobody = keys("revoke", "--name", "kept");
    assertThat(nobody.status()).isEqualTo(2);
    assertThat(nobody.err()).contains("--yes");
    Ended no = keys(server.data(), "n\n", true, "rotate", "--name", "kept");
    assertThat(no.status()).isEqualTo(1);
    Ended yes = keys(server.data(), "y\n", true, "revoke", "--name", "kept");
    assertThat(yes.status()).as(yes.err()).isZero();
  }

  @Test
  void verbsThatTalkToAServerShowAKey() throws Exception {
    Path file = folder.resolve("reader.key");
    keys("create", "--name", "reader", "--out", file.toString());
    becomes(read(file), 200);
    String url = server.client().base().toString();

    assertThat(verb(Map.of(), "collections", "list", "--url", url, "--key-file", file.toString()))
        .satisfies(ended -> assertThat(ended.out()).contains("nixos_docs"));
    assertThat(
            verb(
                Map.of("AIDB_URL", url, "AIDB_API_KEY_FILE", file.toString()),
                "call",
                "list_collections"))
        .satisfies(ended -> assertThat(ended.out()).contains("nixos_docs"));
    Ended without = verb(Map.of("AIDB_URL", url), "collections", "list");
    assertThat(without.status()).isEqualTo(1);
    assertThat(without.err()).contains("API key is needed").contains("--key-file");
    Ended tooLittle =
        verb(
            Map.of("AIDB_URL", url, "AIDB_API_KEY_FILE", file.toString()),
            "collections",
            "create",
            "mine");
    assertThat(tooLittle.err()).contains("scope");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Ended open = verb(Map.of(), "collections", "list", "--url", url, "--key-file", file.toString());
    assertThat(open.status()).isEqualTo(1);
    assertThat(open.err()).contains("chmod 0400");
  }

  private static Ended verb(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(out),
            new PrintWriter(err),
            environment,
            false);
    int status = AidbCommand.run(terminal, List.of(), arguments);
    return new Ended(status, out.toString(), err.toString());
  }

  @Test
  void wrongUsageIsSaid() {
    assertThat(keys("create", "--name", "Not Good").status()).isEqualTo(2);
    assertThat(keys("create", "--name", "a", "--expires", "yesterday").status()).isEqualTo(2);
    assertThat(keys("create", "--name", "a", "--expires", "2001-01-01").err()).contains("ahead");
    assertThat(keys("create", "--name", "a", "--per-minute", "5").status()).isEqualTo(2);
    assertThat(rated("2147483647", "50")).isEqualTo(2);
    assertThat(rated("5", "10000001")).isEqualTo(2);
    assertThat(keys("create", "--name", "a", "--scope", "admin", "--collection", "b").err())
        .contains("admin key can't be limited");
    assertThat(keys("revoke", "--yes").status()).isEqualTo(2);
    assertThat(keys("rotate", "--name", "nobody", "--yes").err())
        .contains("There is no key nobody");
    Ended nowhere =
        keys("create", "--name", "nowhere", "--out", folder.resolve("no/folder.key").toString());
    assertThat(nowhere.status()).isEqualTo(1);
    assertThat(keys("list").out()).doesNotContain("nowhere");
  }

  private static int rated(String perMinute, String perHour) {
    return keys("create", "--name", "a", "--per-minute", perMinute, "--per-hour", perHour).status();
  }

  @Test
  void withoutAServerTheDatabaseIsStartedForTheMoment() throws Exception {
    Path data = folder.resolve("data");
    Ended mistyped = keys(data, "", false, "list");
    assertThat(mistyped.status()).isEqualTo(1);
    assertThat(mistyped.err()).contains("There is no AIDB in");
    assertThat(data).doesNotExist();

    Ended made = keys(data, "", false, "create", "--name", "early", "--scope", "admin");
    assertThat(made.status()).as(made.err()).isZero();
    assertThat(read(data.resolve("secrets/early.key"))).startsWith("aidb_");
    assertThat(read(data.resolve("secrets/pepper"))).hasSize(64);

    Files.delete(data.resolve("secrets/pepper"));
    Ended lost = keys(data, "", false, "create", "--name", "late");
    assertThat(lost.status()).isEqualTo(1);
    assertThat(lost.err()).contains("pepper").contains("missing");
    assertThat(keys(data, "", false, "revoke", "--all", "--yes").status()).isZero();
    assertThat(keys(data, "", false, "create", "--name", "late").status()).isZero();
  }
}
