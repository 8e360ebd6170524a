package dev.aidb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where and how large.
 *
 * @param home the project's folder
 * @param work where everything that is made goes
 * @param brief whether a run shall end within two minutes, its figures being rough
 */
record Setup(Path home, Path work, boolean brief) {
  /** How many documents the server holds. */
  int documents() {
    return brief ? 2_000 : 60_000;
  }

  /** How often two things take turns. */
  int rounds() {
    return brief ? 3 : 7;
  }

  /** How long one turn takes. */
  Duration turn() {
    return brief ? Duration.ofMillis(700) : Duration.ofSeconds(3);
  }

  Path folder(String name) throws IOException {
    return Files.createDirectories(work.resolve(name));
  }

  /** A copy with owners and rights as they are, since PostgreSQL insists on them. */
  Path copy(Path from, String name) throws IOException, InterruptedException {
    Path to = work.resolve(name);
    delete(to);
    Process copying =
        new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start();
    if (copying.waitFor() != 0) {
      throw new IOException("can't copy " + from);
    }
    return to;
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
