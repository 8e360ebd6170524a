package dev.aidb.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The corpora in {@code src/test/resources/policy}, whose README tells where they come from. */
final class Corpus {
  private static final Path FOLDER = Path.of("src/test/resources/policy");

  /**
   * One query.
   *
   * @param half {@code tune}, or {@code held-out} when no rule was ever fitted to it
   * @param group the kind of an attack, or where a harmless query comes from
   * @param family the technique, with the way it is written behind a plus sign
   */
  record Query(String half, String group, String family, String text) {}

  private Corpus() {}

  static List<Query> attacks() {
    return read(FOLDER.resolve("attacks.tsv"));
  }

  static List<Query> harmless() {
    return read(FOLDER.resolve("harmless.tsv"));
  }

  private static List<Query> read(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> line.split("\t", 4))
          .map(part -> new Query(part[0], part[1], part[2], unescaped(part[3])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    boolean escape = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!escape && c == '\\') {
        escape = true;
        continue;
      }
      out.append(escape && c == 'n' ? '\n' : escape && c == 't' ? '\t' : c);
      escape = false;
    }
    return out.toString();
  }
}
