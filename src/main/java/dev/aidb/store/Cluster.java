package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The embedded server's database cluster on disk, with the passwords of its two roles: {@code
 * postgres}, the superuser, and {@code aidb}, which owns the program's database and nothing else.
 *
 * <p>A cluster is made in full beside its place and then renamed into it, so that a killed start
 * leaves either none or a whole one.
 */
final class Cluster {
  static final String SUPERUSER = "postgres";
  static final String ROLE = "aidb";
  static final String DATABASE = "aidb";

  private static final long MAKE_SECONDS_MAX = 120;
  private static final int OUTPUT_CHARACTERS_MAX = 2000;

  private final Path data;
  private final Path secrets;
  private final ServerBinaries binaries;
  private final Isolation isolation;

  Cluster(DataDirectory directory, ServerBinaries binaries, Isolation isolation) {
    this.data = directory.postgres().resolve("data");
    this.secrets = directory.secrets();
    this.binaries = binaries;
    this.isolation = isolation;
  }

  Path data() {
    return data;
  }

  String superuserPassword() {
    return read(passwordFile(SUPERUSER));
  }

  String rolePassword() {
    return read(passwordFile(ROLE));
  }

  /** Makes the cluster where there is none, and checks that this program can open it. */
  void prepare() throws InterruptedException {
    if (!Files.exists(data)) {
      make();
    }
    for (String role : List.of(SUPERUSER, ROLE)) {
      var unused = read(passwordFile(role));
    }
    Path file = data.resolve("PG_VERSION");
    if (!Files.isRegularFile(file)) {
      throw new StartFailure(
          data + " isn't a PostgreSQL cluster: PG_VERSION is missing",
          "Restore the data directory from a backup, or move " + data + " away to start empty.");
    }
    String version = read(file);
    if (!version.equals(ServerBinaries.MAJOR_VERSION)) {
      throw new StartFailure(
          "The database in %s was made by PostgreSQL %s, and this aidb holds PostgreSQL %s"
              .formatted(data, version, ServerBinaries.MAJOR_VERSION),
          "Run the aidb version that made it, or restore a logical backup into an empty directory.");
    }
  }

  private void make() throws InterruptedException {
    try {
      removeLeftovers();
      Path fresh = data.resolveSibling("data.new-" + randomHex(4));
      writePassword(SUPERUSER);
      writePassword(ROLE);
      initialise(fresh);
      provision(fresh);
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartFailure(
          "The database cluster can't be made: " + DataDirectory.reason(e),
          "Check that the disk of " + data.getParent() + " isn't full or read-only.",
          e);
    }
  }

  private void removeLeftovers() throws IOException {
    try (Stream<Path> files = Files.list(data.resolveSibling("."))) {
      for (Path p :
          files.filter(f -> f.getFileName().toString().startsWith("data.new-")).toList()) {
        ServerBinaries.delete(p);
      }
    }
  }

  private void initialise(Path fresh) throws IOException, InterruptedException {
    // The built-in locale sorts by code point and doesn't change with the machine's C library.
    run(
        List.of(
            binaries.program("initdb").toString(),
            "--pgdata=" + fresh,
            "--username=" + SUPERUSER,
            "--pwfile=" + passwordFile(SUPERUSER),
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8"),
        "");
  }

  /** Adds role and database without a server, by the single-user mode: a statement a line. */
  private void provision(Path fresh) throws IOException, InterruptedException {
    String output =
        run(
            List.of(
                binaries.program("postgres").toString(),
                "--single",
                "-D",
                fresh.toString(),
                SUPERUSER),
            """
            CREATE ROLE aidb LOGIN PASSWORD '%s'
            CREATE DATABASE aidb OWNER aidb
            """
                .formatted(rolePassword()));
    if (output.contains("ERROR:")) {
      throw new IOException("the database can't be created");
    }
  }

  private String run(List<String> command, String input) throws IOException, InterruptedException {
    Path output = Files.createTempFile(data.resolveSibling("."), "data.new-", ".out");
    try {
      Process process =
          new ProcessBuilder(isolation.wrap(command))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(MAKE_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("it took longer than " + MAKE_SECONDS_MAX + " s");
      }
      String text = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new IOException(
            text.substring(Math.max(0, text.length() - OUTPUT_CHARACTERS_MAX)).strip());
      }
      return text;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private Path passwordFile(String role) {
    return secrets.resolve("postgres-" + role + ".password");
  }

  private void writePassword(String role) throws IOException {
    Path file = passwordFile(role);
    Files.deleteIfExists(file);
    Set<PosixFilePermission> ownerReads = PosixFilePermissions.fromString("r--------");
    Path fresh = Files.createTempFile(secrets, ".new-", "");
    Files.writeString(fresh, randomHex(32) + "\n");
    Files.setPosixFilePermissions(fresh, ownerReads);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String randomHex(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new StartFailure(
          file + " can't be read: " + DataDirectory.reason(e),
          "It belongs to the database in the same data directory: restore both together.",
          e);
    }
  }

  /** The settings the server runs with, over those in its own files. */
  List<String> settings(EmbeddedSettings settings, int port) {
    List<String> args = new ArrayList<>();
    for (String setting :
        List.of(
            "listen_addresses=127.0.0.1",
            "port=" + port,
            "unix_socket_directories=",
            "max_connections=" + settings.maxConnections(),
            "shared_buffers=" + settings.sharedBuffersMib() + "MB",
            "huge_pages=off",
            "jit=off",
            "io_method=sync", // no processes that wait for reads which the kernel's cache answers
            "wal_level=replica",
            "max_wal_senders=2",
            "max_logical_replication_workers=0",
            "max_wal_size=512MB",
            "min_wal_size=48MB",
            "wal_compression=on",
            "checkpoint_timeout=10min",
            "log_checkpoints=off",
            "log_timezone=UTC",
            "timezone=UTC",
            // Statements hold documents and vectors: they don't belong into a log.
            "log_min_error_statement=panic",
            "log_parameter_max_length_on_error=0")) {
      args.add("-c");
      args.add(setting);
    }
    return args;
  }
}
