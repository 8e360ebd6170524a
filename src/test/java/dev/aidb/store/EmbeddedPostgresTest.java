package dev.aidb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Crashes of the server, of the JVM and of both, on clusters of their own. */
class EmbeddedPostgresTest {
  private static final PoolSettings POOL =
      new PoolSettings(2, 3, Duration.ofSeconds(10), Duration.ofMinutes(30));

  /** A made cluster and unpacked server, copied for each test. */
  @TempDir private static Path model;

  @TempDir private Path temp;

  @BeforeAll
  static void makeModel() {
    try (DataDirectory directory = DataDirectory.open(model);
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
        Database database = Database.open(server.endpoint(), POOL)) {
      database.useHandle(h -> h.execute("CREATE TABLE t (v int PRIMARY KEY)"));
    }
  }

  private Path copy() throws Exception {
    Path copy = temp.resolve("data");
    Process cp =
        new ProcessBuilder("cp", "-a", model.toString(), copy.toString()).inheritIO().start();
    assertThat(cp.waitFor()).isZero();
    return copy;
  }

  private static Path cluster(Path root) throws Exception {
    return root.toRealPath().resolve("postgres/data");
  }

  private static void insert(Database database, int value) {
    database.useHandle(h -> h.execute("INSERT INTO t VALUES (?)", value));
  }

  private static List<Integer> values(Database database) {
    return database.withHandle(
        h -> h.createQuery("SELECT v FROM t ORDER BY v").mapTo(Integer.class).list());
  }

  private static void await(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Test
  void isDurableAndPrivate() throws Exception {
    Path root = copy();
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
        Database database = Database.open(server.endpoint(), POOL)) {
      for (String on :
          List.of("fsync", "full_page_writes", "data_checksums", "synchronous_commit")) {
        assertThat(show(database, on)).as(on).isEqualTo("on");
      }
      assertThat(show(database, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(show(database, "server_version")).startsWith(ServerBinaries.MAJOR_VERSION + ".");
      assertThat(server.endpoint().toString()).doesNotContain(server.endpoint().password());
      try (Stream<Path> secrets = Files.list(directory.secrets())) {
        for (Path secret : secrets.toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
              .isEqualTo("r--------");
        }
      }
      assertThatThrownBy(
              () -> {
                try (Database stranger = wrongPassword(server)) {
                  stranger.ping(Duration.ofSeconds(2));
                }
              })
          .isInstanceOfSatisfying(
              AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
    assertThat(new ServerProcesses(cluster(root)).alive()).isEmpty();
  }

  private static Database wrongPassword(EmbeddedPostgres server) {
    DatabaseEndpoint e = server.endpoint();
    return Database.open(
        new DatabaseEndpoint(e.host(), e.port(), e.name(), e.user(), "wrong", e.tls()), POOL);
  }

  private static String show(Database database, String setting) {
    return database.withHandle(h ->
        h.createQuery("SELECT current_setting(:s)").bind("s", setting).mapTo(String.class).one());
  }

  @Test
  void aKilledServerIsRestartedOnTheSamePortAndThePoolRecovers() throws Exception {
    try (DataDirectory directory = DataDirectory.open(copy());
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
        Database database = Database.open(server.endpoint(), POOL)) {
      insert(database, 1);
      long killed = server.pid();

      ServerProcesses.signal("KILL", List.of(killed));

      await(
          "restarted",
          () -> server.pid() != killed && server.state() == EmbeddedPostgres.State.RUNNING);
      await("recovered", () -> answers(database));
      insert(database, 2);
      assertThat(values(database)).containsExactly(1, 2);
    }
  }

  private static boolean answers(Database database) {
    try {
      database.ping(Duration.ofSeconds(5));
      return true;
    } catch (AidbException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      return false;
    }
  }

  @Test
  void theServerEndsWithAKilledJvmAndWhatWasCommittedIsThere() throws Exception {
    Path root = copy();
    try (Child child = Child.start(root)) {
      assertThatThrownBy(() -> DataDirectory.open(root))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("in use by process " + child.process().pid());

      child.kill();

      assertThat(new ServerProcesses(cluster(root)).awaitNone(Duration.ofSeconds(30))).isTrue();
    }
    assertCommitted(root);
  }

  @Test
  void startsAfterEverythingWasKilledAtOnce() throws Exception {
    Path root = copy();
    try (Child child = Child.start(root)) {
      child.kill();
      ServerProcesses processes = new ServerProcesses(cluster(root));
      ServerProcesses.signal("KILL", processes.alive());
    }
    assertCommitted(root);
  }

  @Test
  void startsWhileTheServerOfAKilledJvmIsStillThere() throws Exception {
    Path root = copy();
    try (Child child = Child.start(root)) {
      child.kill();
    }
    assertCommitted(root);
  }

  private static void assertCommitted(Path root) {
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults());
        Database database = Database.open(server.endpoint(), POOL)) {
      assertThat(values(database)).containsExactly(42);
    }
  }

  @Test
  void aStalePidFileOfAStrangerDoesNotBlockTheStart() throws Exception {
    Path root = copy();
    Files.writeString(
        cluster(root).resolve("postmaster.pid"),
        ProcessHandle.current().pid()
            + "\n"
            + cluster(root)
            + "\n1\n5432\n\n127.0.0.1\n0 0\nready\n");

    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults())) {
      assertThat(server.state()).isEqualTo(EmbeddedPostgres.State.RUNNING);
    }
  }

  @Test
  void aHalfDoneOrDamagedUnpackIsReplaced() throws Exception {
    Path root = copy();
    Path runtime = root.resolve("runtime");
    Files.createDirectories(runtime.resolve(".new-123/bin"));
    try (Stream<Path> homes = Files.list(runtime)) {
      Path home =
          homes
              .filter(p -> p.getFileName().toString().startsWith("postgres-"))
              .findAny()
              .orElseThrow();
      Files.write(home.resolve("bin/postgres"), new byte[100]);
    }

    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, EmbeddedSettings.defaults())) {
      assertThat(server.state()).isEqualTo(EmbeddedPostgres.State.RUNNING);
      assertThat(runtime.resolve(".new-123")).doesNotExist();
    }
  }

  @Test
  void aClusterOfAnotherVersionIsRefused() throws Exception {
    Path root = copy();
    Files.writeString(cluster(root).resolve("PG_VERSION"), "15\n");

    assertRefused(root, "made by PostgreSQL 15");
  }

  @Test
  void aDamagedClusterIsRefusedWithTheServersOwnWords() throws Exception {
    Path root = copy();
    Files.delete(cluster(root).resolve("global/pg_control"));

    assertRefused(root, "pg_control");
  }

  @Test
  void aClusterWithoutItsPasswordsIsRefused() throws Exception {
    Path root = copy();
    try (Stream<Path> secrets = Files.list(root.resolve("secrets"))) {
      for (Path secret : secrets.toList()) {
        Files.delete(secret);
      }
    }

    assertRefused(root, "password");
  }

  private static void assertRefused(Path root, String reason) {
    try (DataDirectory directory = DataDirectory.open(root)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory, EmbeddedSettings.defaults()))
          .isInstanceOfSatisfying(
              StartFailure.class,
              e -> {
                assertThat(e.getMessage()).contains(reason);
                assertThat(e.advice()).isNotBlank();
              });
    }
  }

  /** A JVM of its own that runs the server and has committed 42. */
  private record Child(Process process) implements AutoCloseable {
    static Child start(Path root) throws Exception {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  EmbeddedServerProgram.class.getName(),
                  root.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      assertThat(out.readLine()).isEqualTo(EmbeddedServerProgram.COMMITTED);
      return new Child(process);
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
