package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's programs, unpacked once from the archive on the class path.
 *
 * <p>They are unpacked beside their place and renamed into it, so a killed unpack leaves nothing
 * that looks whole. A list of every file with its size lies within; an unpacked tree that doesn't
 * match it is replaced.
 */
final class ServerBinaries {
  /** The major version of the archive; a cluster made by another can't be opened. */
  static final String MAJOR_VERSION = "18";

  private static final String LIST = "unpacked.list";

  private final Path home;

  private ServerBinaries(Path home) {
    this.home = home;
  }

  /** The programs under that directory, unpacked if they aren't there or aren't whole. */
  static ServerBinaries in(Path runtime) {
    URL archive = archive();
    try {
      Path home = runtime.resolve("postgres-" + MAJOR_VERSION + "-" + fingerprint(archive));
      if (!isWhole(home)) {
        replace(runtime, home, archive);
      }
      return new ServerBinaries(home);
    } catch (IOException e) {
      throw new StartFailure(
          "The embedded PostgreSQL can't be unpacked into "
              + runtime
              + ": "
              + DataDirectory.reason(e),
          "Check that the disk isn't full or read-only; deleting that directory makes aidb unpack"
              + " anew.",
          e);
    }
  }

  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  private static URL archive() {
    String arch =
        switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          case String other -> other;
        };
    String name = "postgres-linux-" + arch + ".txz";
    URL url = ServerBinaries.class.getClassLoader().getResource(name);
    if (url == null || !System.getProperty("os.name", "").startsWith("Linux")) {
      throw new StartFailure(
          "This build holds no embedded PostgreSQL for this platform (" + name + ")",
          "Set database.mode to external and point it at a PostgreSQL server.");
    }
    return url;
  }

  /** The archive's checksum as its jar has it, so that a new archive gets a new directory. */
  private static String fingerprint(URL archive) throws IOException {
    URLConnection connection = archive.openConnection();
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection jar) {
      try (var file = jar.getJarFile()) {
        return "%08x".formatted(jar.getJarEntry().getCrc());
      }
    }
    return "%08x".formatted(connection.getContentLengthLong());
  }

  private static boolean isWhole(Path home) throws IOException {
    Path list = home.resolve(LIST);
    if (!Files.isRegularFile(list)) {
      return false;
    }
    for (String line : Files.readAllLines(list)) {
      int space = line.indexOf(' ');
      Path file = home.resolve(line.substring(space + 1));
      if (!Files.exists(file) || Files.size(file) != Long.parseLong(line.substring(0, space))) {
        return false;
      }
    }
    return true;
  }

  private static void replace(Path runtime, Path home, URL archive) throws IOException {
    delete(home);
    try (Stream<Path> leftovers = Files.list(runtime)) {
      for (Path p :
          leftovers.filter(p -> p.getFileName().toString().startsWith(".new-")).toList()) {
        delete(p);
      }
    }
    Path fresh = Files.createTempDirectory(runtime, ".new-");
    unpack(archive, fresh);
    writeList(fresh);
    Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void unpack(URL archive, Path target) throws IOException {
    try (InputStream raw = archive.openStream();
        var tar =
            new TarArchiveInputStream(
                new XZCompressorInputStream(new BufferedInputStream(raw, 1 << 16)))) {
      for (@Nullable TarArchiveEntry entry = tar.getNextEntry();
          entry != null;
          entry = tar.getNextEntry()) {
        if (isNeeded(entry.getName())) {
          unpack(tar, entry, target);
        }
      }
    }
  }

  private static boolean isNeeded(String name) {
    return !name.endsWith(".a") && !name.contains("/pkgconfig") && !name.startsWith("include/");
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    Path path = target.resolve(entry.getName()).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("the archive has an entry outside itself");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.resolveSibling("."));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, path);
    if ((entry.getMode() & 0100) != 0) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static void writeList(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      StringBuilder list = new StringBuilder();
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        list.append(Files.size(file)).append(' ').append(home.relativize(file)).append('\n');
      }
      Files.writeString(home.resolve(LIST), list);
    }
  }

  /** Deletes a directory and all in it; nothing happens where there is none. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
