package dev.aidb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A data directory with the corpus imported, made once and never served itself: what needs it works
 * on a copy.
 */
final class Base {
  private Base() {}

  /** Its folder; imports the corpus when it isn't there. */
  static Path of(Setup setup, Corpus corpus) throws IOException, InterruptedException {
    Path base = setup.work().resolve("base-" + setup.documents());
    if (Files.isDirectory(base)) {
      return base;
    }
    Report.note("importing %,d documents, once", setup.documents());
    Path fresh = setup.work().resolve("base.new");
    Setup.delete(fresh);
    long start = System.nanoTime();
    try (Server server = Server.start(setup, fresh);
        Importer importer = new Importer(server)) {
      importer.send(corpus.slice(0, setup.documents()));
      Report.note("took %.0f s", (System.nanoTime() - start) / 1e9);
      Files.writeString(
          setup.work().resolve("memory-" + setup.documents()),
          server.jvmMegabytes() + "\n" + server.postgresMegabytes() + "\n");
    }
    Files.move(fresh, base);
    return base;
  }

  /** What the JVM and PostgreSQL took right after the import, in MB. */
  static List<Double> memory(Setup setup) throws IOException {
    return Files.readAllLines(setup.work().resolve("memory-" + setup.documents())).stream()
        .map(Double::valueOf)
        .toList();
  }
}
