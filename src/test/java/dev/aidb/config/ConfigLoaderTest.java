package dev.aidb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aidb.config.ConfigLoader.Flag;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void withoutAnythingTheDefaultsHold() {
    LoadedConfig loaded = load();

    assertThat(loaded.config().dataDir()).isEqualTo(folder.resolve("home/.local/share/aidb"));
    assertThat(loaded.config().with("data_dir", Config.defaults().dataDir()))
        .isEqualTo(Config.defaults());
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.values()).allMatch(value -> value.source().equals("default"));
  }

  @Test
  void theDataDirectoryFollowsXdg() {
    environment.put("XDG_DATA_HOME", "/xdg");
    assertThat(load().config().dataDir()).isEqualTo(Path.of("/xdg/aidb"));
    environment.put("XDG_DATA_HOME", "relative");
    assertThat(load().config().dataDir()).isEqualTo(folder.resolve("home/.local/share/aidb"));
  }

  @Test
  void aFileSetsKeysOfEveryType() throws Exception {
    secret("pw", "rw-------");
    LoadedConfig loaded =
        load(
            """
            server: {host: localhost, port: 9000, body_max: 1MiB}
            data_dir: data
            database:
              mode: external
              host: db.example
              port: 5433
              name: knowledge
              user: keeper
              password_file: pw
              tls: verify-full
              pool: {size: 5, max_overflow: 6, timeout: PT1S, recycle: PT1H}
            rate_limit: {enabled: false, trusted_proxies: [10.0.0.0/8, "::1"]}
            garbage_collection: {min_value_score: 0.25, time_zone: Europe/Vienna}
            health: {critical: []}
            tls: {directory: "https://acme.example/dir", email: ~}
            secrets:
            log: {format: json, level: debug}
            """);
    Config config = loaded.config();

    assertThat(config.server()).isEqualTo(server("localhost", 9000, new Size(1 << 20)));
    assertThat(config.dataDir()).isEqualTo(folder.resolve("data"));
    assertThat(config.database().tls()).isEqualTo(Config.DatabaseTls.VERIFY_FULL);
    assertThat(config.database().password()).contains(new Secret("hush"));
    assertThat(config.database().host()).contains("db.example");
    assertThat(config.rateLimit().enabled()).isFalse();
    assertThat(config.rateLimit().trustedProxies()).containsExactly("10.0.0.0/8", "::1");
    assertThat(config.garbageCollection().minValueScore()).isEqualTo(0.25);
    assertThat(config.garbageCollection().timeZone().getId()).isEqualTo("Europe/Vienna");
    assertThat(config.health().critical()).isEmpty();
    assertThat(config.tls().directory()).contains(URI.create("https://acme.example/dir"));
    assertThat(config.log())
        .isEqualTo(new Config.Log(Config.LogFormat.JSON, Config.LogLevel.DEBUG));
    assertThat(loaded.warnings())
        .anyMatch(warning -> warning.contains("tls.directory"))
        .allMatch(warning -> warning.endsWith("is not in effect in this version"));
    assertThat(loaded.values())
        .contains(
            new LoadedConfig.Value("server.port", Optional.of(9000), folder + "/config.yaml:1"),
            new LoadedConfig.Value(
                "database.password_file", Optional.of("****"), folder + "/config.yaml:9"));
  }

  @Test
  void laterSourcesWin() throws Exception {
    Files.writeString(folder.resolve("config.prod.yaml"), "server: {port: 2}\nlog: {level: error}");
    environment.put("AIDB_ENV", "prod");
    environment.put("AIDB_CONFIG", "config.yaml");
    String file = "server: {port: 1, host: localhost}";
    assertThat(load(file).config().server()).isEqualTo(server("localhost", 2, Size.parse("8MiB")));
    environment.put("AIDB_SERVER_PORT", "3");
    assertThat(load(file).config().server().port()).isEqualTo(3);
    assertThat(loader().load(Optional.empty(), List.of(new Flag("--port", "server.port", "4"))))
        .satisfies(loaded ->
            assertThat(loaded.values())
                .contains(new LoadedConfig.Value("server.port", Optional.of(4), "--port")));
  }

  @Test
  void everyFaultIsReportedAtOnce() {
    environment.put("AIDB_LOG_LEVEL", "loud");
    List<ConfigProblem> problems =
        problems(
            """
            server: {prot: 1, host: 0.0.0.0, body_max: 1GiB}
            server: {port: 1}
            data_dir: [a]
            database:
              password: hush
              pool: {timeout: 30s, size: 0, recycle: {a: b}}
            index: {kind: qdrant}
            qdrant: {url: "http://127.0.0.1:1"}
            redis: {port: 0}
            health: {critical: [postgresql, postgresql]}
            rate_limit: {enabled: yes, per_minute: 1e3, trusted_proxies: 10.0.0.1}
            garbage_collection: {schedule: daily, keep_ratio: 1.5}
            log:
            """,
            new Flag("--port", "server.port", "99999999999"));

    String file = folder + "/config.yaml:";
    assertThat(problems.stream().map(ConfigProblem::toString))
        .contains(
            "server.prot: is not a known key; did you mean server.port? (" + file + "1)",
            "server.body_max: must be from 64KiB to 64MiB (" + file + "1)",
            "server: stands here twice (" + file + "2)",
            "data_dir: must be one value, not a list (" + file + "3)",
            "database.password: a secret isn't written here; put it in a file named by"
                + " database.password_file, or in the variable AIDB_DATABASE_PASSWORD ("
                + file
                + "5)",
            "database.pool.timeout: must be an ISO 8601 duration such as PT30S, PT5M or P1D ("
                + file
                + "6)",
            "database.pool.size: must be from 1 to 1000 (" + file + "6)",
            "database.pool.recycle: must be a plain value, not a group of keys (" + file + "6)",
            "index.kind: isn't available in this version but as embedded (" + file + "7)",
            "qdrant.url: isn't available in this version; leave it out (" + file + "8)",
            "redis.port: must be from 1 to 65535 (" + file + "9)",
            "health.critical: must name each element once (" + file + "10)",
            "rate_limit.enabled: must be true or false (" + file + "11)",
            "rate_limit.per_minute: must be a whole number (" + file + "11)",
            "rate_limit.trusted_proxies: must be a list, such as [a, b] (" + file + "11)",
            "garbage_collection.schedule: must be a cron expression of five fields, such as 0 2 * *"
                + " * ("
                + file
                + "12)",
            "garbage_collection.keep_ratio: must be from 0.01 to 1 (" + file + "12)",
            "log.level: must be one of error, warning, info, debug, trace (AIDB_LOG_LEVEL)",
            "server.port: must be from 0 to 65535 (--port)");
    assertThat(problems.toString()).doesNotContain("hush").doesNotContain("loud");
  }

  @Test
  void aServerForOthersIsRefusedWhileThereAreNoKeys() {
    assertThat(problems("server: {host: 0.0.0.0}"))
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.message()).startsWith("must be a loopback address such as"));
  }

  @Test
  void aServerThatAsksForKeysMayBeForOthers() throws Exception {
    Config config = load("server: {host: 0.0.0.0}\nauth: {required: true}").config();
    assertThat(config.server().host()).isEqualTo("0.0.0.0");
    assertThat(config.auth().grace()).isEqualTo(java.time.Duration.ofMinutes(15));
  }

  @ParameterizedTest
  @CsvSource({
    "qdrant.url, http://qdrant:6333",
    "backup.repository, /backup",
    "tls.domain, example.org",
    "telemetry.otlp_endpoint, http://otel:4317",
    "collections, other"
  })
  void whatNeedsAMissingFeatureIsRefused(String key, String value) {
    environment.put("AIDB_" + key.replace('.', '_').toUpperCase(java.util.Locale.ROOT), value);
    assertThat(problems(""))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.key()).isEqualTo(key);
          assertThat(problem.message()).contains("isn't available in this version");
        });
  }

  @Test
  void sharedLimitsNeedARedis() throws Exception {
    assertThat(problems("rate_limit: {store: redis}"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("redis.host"));
    Config.Redis redis =
        load("{rate_limit: {store: redis}, redis: {host: cache}}").config().redis();
    assertThat(redis.host()).contains("cache");
    assertThat(redis.port()).isEqualTo(6379);
  }

  @Test
  void namesTheTrustedProxiesThatAreNone() throws Exception {
    assertThat(
            problems(
                "rate_limit: {trusted_proxies: [10.0.0.0/8, 10.0.0.0/33, \"::1\", proxy.example]}"))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.key()).isEqualTo("rate_limit.trusted_proxies");
          assertThat(problem.message())
              .isEqualTo(
                  "must be addresses or networks such as 10.0.0.0/8, not 10.0.0.0/33,"
                      + " proxy.example");
        });
  }

  @Test
  void anotherModelNeedsAnEndpoint() throws Exception {
    assertThat(problems("embeddings: {model: other}"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("unless embeddings.url"));

    Config.Embeddings embeddings =
        load("embeddings: {model: other, url: 'http://tei:8080', protocol: tei}")
            .config()
            .embeddings();
    assertThat(embeddings.url()).contains(URI.create("http://tei:8080"));
    assertThat(embeddings.protocol()).isEqualTo(Config.EmbeddingProtocol.TEI);
  }

  @Test
  void theContentPolicyIsOneWord() throws Exception {
    assertThat(load("content_policy: off").config().contentPolicy())
        .isEqualTo(Config.ContentPolicy.OFF);
    assertThat(problems("content_policy: {enabled: true}"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("content_policy"));
  }

  @Test
  void contentPoliciesOfCollectionsAndScopesAreNamedOnce() throws Exception {
    Config.ContentPolicyOverrides overrides =
        load("content_policy_overrides: {collections: [exploits=detect], scopes: [admin=off]}")
            .config()
            .contentPolicyOverrides();
    assertThat(overrides.collections()).containsExactly("exploits=detect");
    assertThat(overrides.scopes()).containsExactly("admin=off");

    assertThat(problems("content_policy_overrides: {collections: [a=block, a=off]}"))
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.message()).isEqualTo("must give each collection one mode"));
    assertThat(problems("content_policy_overrides: {scopes: [public=off]}"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).startsWith("must be read, write or"));
  }

  @Test
  void aMissingOrBrokenFileIsSaid() throws Exception {
    assertThat(problemsOf(Path.of("none.yaml"))).containsExactly("there is no such file");
    assertThat(problemsOf(folder)).containsExactly("is a folder, not a file");
    assertThat(problems("server: [").getFirst().message()).startsWith("isn't YAML");
    assertThat(problems("server: [").getFirst().source()).startsWith(folder + "/config.yaml:");
    assertThat(problems("- a").getFirst().message()).isEqualTo("must be a group of keys");
    assertThat(problems("server: 1").getFirst().key()).isEqualTo("server");
    Files.write(folder.resolve("latin.yaml"), new byte[] {(byte) 0xe4, '\n'});
    assertThat(problemsOf(folder.resolve("latin.yaml"))).containsExactly("isn't text in UTF-8");
    environment.put("AIDB_ENV", "stage");
    assertThat(problems("").getFirst().source()).endsWith("config.stage.yaml");
    environment.put("AIDB_ENV", "../x");
    assertThat(problems("").getFirst().source()).isEqualTo("AIDB_ENV");
  }

  @Test
  void aSecretFileThatOthersCanReadIsRefused() throws Exception {
    secret("pw", "rw-r--r--");
    String file = "database: {password_file: pw}\n";
    assertThat(problems(file).getFirst().message()).contains("open to every user; run chmod 0400");
    secret("pw", "rw-r-----");
    assertThat(problems(file).getFirst().message()).contains("its group can read");
    assertThat(load(file + "secrets: {allow_group_read: true}").config().database().password())
        .contains(new Secret("hush"));
    secret("pw", "r--------");
    assertThat(load(file).config().database().password()).contains(new Secret("hush"));
    Files.delete(folder.resolve("pw"));
    assertThat(problems(file).getFirst().message()).isEqualTo("names a file that doesn't exist");
  }

  @Test
  void theEnvironmentMayHoldASecretOrNameItsFile() throws Exception {
    environment.put("AIDB_DATABASE_PASSWORD", "inline");
    assertThat(load().config().database().password()).contains(new Secret("inline"));
    environment.clear();
    secret("pw", "rw-------");
    environment.put("AIDB_DATABASE_PASSWORD_FILE", "pw");
    assertThat(load().config().database().password()).contains(new Secret("hush"));
  }

  @Test
  void aliasesAreTakenAndOurOwnNamesWin() {
    environment.putAll(
        Map.of(
            "POSTGRES_HOST", "db",
            "POSTGRES_PORT", "1",
            "POSTGRES_DB", "d",
            "POSTGRES_USER", "u",
            "POSTGRES_PASSWORD", "p",
            "AIDB_DATABASE_PORT", "2",
            "AIDB_DATABASE_MODE", "external"));
    Config.Database database = load().config().database();

    assertThat(database.host()).contains("db");
    assertThat(database.port()).isEqualTo(2);
    assertThat(database.name()).isEqualTo("d");
    assertThat(database.user()).isEqualTo("u");
    assertThat(database.password()).contains(new Secret("p"));
  }

  @Test
  void whichDatabaseIsNeverGuessed() {
    environment.put("POSTGRES_HOST", "db");
    assertThat(problems("").getFirst().key()).isEqualTo("database.mode");
    environment.put("AIDB_DATABASE_MODE", "embedded");
    assertThat(load().warnings())
        .containsExactly("database.host (POSTGRES_HOST) is ignored: database.mode is embedded");
    environment.clear();
    environment.put("AIDB_DATABASE_MODE", "external");
    assertThat(problems("").getFirst().toString())
        .isEqualTo(
            "database.host: must name the server when database.mode is external"
                + " (AIDB_DATABASE_MODE)");
  }

  @Test
  void strayVariablesOnlyWarn() {
    environment.put("AIDB_SERVICE_HOST", "10.0.0.1");
    environment.put("AIDB_SERVER_PRT", "1");
    environment.put("AIDB_SERVER_PORT", "tcp://10.0.0.1:80");
    environment.put("AIDB_LOG_LEVEL", "");
    environment.put("AIDB_JAVA_OPTS", "-Xmx1g");
    LoadedConfig loaded = load();

    assertThat(loaded.config().server().port()).isEqualTo(8091);
    assertThat(loaded.warnings())
        .containsExactlyInAnyOrder(
            "AIDB_SERVER_PORT is ignored: it looks like Kubernetes' link to a service",
            "AIDB_SERVER_PRT is not a known variable and is ignored; did you mean"
                + " AIDB_SERVER_PORT?",
            "AIDB_SERVICE_HOST is not a known variable and is ignored; did you mean"
                + " AIDB_SERVER_HOST?");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "512, 512", "64KiB, 65536", "8MiB, 8388608", "2GiB, 2147483648"})
  void aSizeIsReadAndWritten(String text, long bytes) {
    assertThat(Size.parse(text)).isEqualTo(new Size(bytes)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"8MB", "-1", "1.5MiB", "''", "9999999999999"})
  void aSizeOfAnotherFormIsRefused(String text) {
    assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> Size.parse(text)))
        .hasMessageContaining("such as 512KiB");
  }

  private void secret(String name, String permissions) throws IOException {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    Files.writeString(file, "hush\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private ConfigLoader loader() {
    return new ConfigLoader(environment, folder, folder.resolve("home"));
  }

  private LoadedConfig load() {
    return loader().load(Optional.empty(), List.of());
  }

  private LoadedConfig load(String yaml, Flag... flags) throws IOException {
    Path file = Files.writeString(folder.resolve("config.yaml"), yaml);
    return loader().load(Optional.of(file), List.of(flags));
  }

  private List<ConfigProblem> problems(String yaml, Flag... flags) {
    ConfigInvalid invalid = catchThrowableOfType(ConfigInvalid.class, () -> load(yaml, flags));
    assertThat(invalid).isNotNull();
    assertThat(invalid.advice()).contains("aidb config check");
    return invalid.problems();
  }

  private List<String> problemsOf(Path file) {
    return catchThrowableOfType(
            ConfigInvalid.class, () -> loader().load(Optional.of(file), List.of()))
        .problems()
        .stream()
        .map(ConfigProblem::message)
        .toList();
  }

  /** What else is configured of a server, at its defaults. */
  private static Config.Server server(String host, int port, Size bodyMax) {
    return new Config.Server(
        host,
        port,
        bodyMax,
        64,
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        2_048,
        Duration.ZERO);
  }
}
