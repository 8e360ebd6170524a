package dev.aidb.bench;

import dev.aidb.embedding.MiniLmModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Embeddings of texts that people wrote: this machine's Debian package descriptions, then the
 * paragraphs of its manual pages. They are computed once (some minutes) and kept as little-endian
 * floats, one vector after the other.
 */
final class RealVectors {
  private static final int DIMENSION = 384;
  private static final int BATCH = 512;
  private static final int PARAGRAPH_MIN = 60;
  private static final int PARAGRAPH_MAX = 600;

  private RealVectors() {}

  /** The file with that many vectors; it is made when it isn't there. */
  static Path file(Setup setup, int count) throws Exception {
    Path file = setup.work().resolve("real-" + count + ".f32");
    if (!Files.exists(file)) {
      Path fresh = Path.of(file + ".new");
      embed(texts(setup, count), fresh);
      Files.move(fresh, file);
    }
    return file;
  }

  private static List<String> texts(Setup setup, int count) throws Exception {
    Set<String> texts = new LinkedHashSet<>(Corpus.read(setup).embeddedTexts());
    try (Stream<Path> pages = Files.walk(Path.of("/usr/share/man"))) {
      List<Path> sorted =
          pages.filter(p -> p.toString().matches(".*/man/man\\d/.*\\.gz")).sorted().toList();
      for (Path page : sorted) {
        if (texts.size() >= count) {
          break;
        }
        texts.addAll(paragraphs(page));
      }
    }
    if (texts.size() < count) {
      throw new IOException("only " + texts.size() + " texts were found on this machine");
    }
    return List.copyOf(texts).subList(0, count);
  }

  /** What stands between the requests of a page's source, without its escapes. */
  private static List<String> paragraphs(Path page) throws IOException {
    List<String> paragraphs = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(page)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        boolean words = !line.startsWith("'") && !line.isBlank() && !line.startsWith("\\\"");
        boolean breaks = line.startsWith(".") && !line.matches("\\.(B|I|BR|IR|RB|BI|Nm|Fl) .*");
        if (!words || breaks) {
          add(paragraph, paragraphs);
        } else {
          paragraph.append(line.replaceFirst("^\\.\\w+ ", "")).append(' ');
        }
      }
    }
    add(paragraph, paragraphs);
    return paragraphs;
  }

  private static void add(StringBuilder paragraph, List<String> paragraphs) {
    String text =
        paragraph
            .toString()
            .replaceAll("\\\\f[A-Z(]|\\\\[&|]|\\\\s[-+]?\\d", "")
            .replaceAll("\\\\([-.e])", "$1")
            .strip();
    paragraph.setLength(0);
    if (text.length() >= PARAGRAPH_MIN) {
      paragraphs.add(text.substring(0, Math.min(text.length(), PARAGRAPH_MAX)));
    }
  }

  private static void embed(List<String> texts, Path file) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    Report.note("embedding %d texts, once", texts.size());
    try (MiniLmModel model = MiniLmModel.bundled();
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        FileChannel out =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      List<Future<?>> parts = new ArrayList<>();
      for (int from = 0; from < texts.size(); from += BATCH) {
        int start = from;
        List<String> batch = texts.subList(from, Math.min(from + BATCH, texts.size()));
        parts.add(
            workers.submit(() -> {
              ByteBuffer bytes =
                  ByteBuffer.allocate(batch.size() * DIMENSION * Float.BYTES)
                      .order(ByteOrder.LITTLE_ENDIAN);
              for (String text : batch) {
                for (float x : model.embed(List.of(text)).getFirst().vector()) {
                  bytes.putFloat(x);
                }
              }
              bytes.flip();
              return out.write(bytes, (long) start * DIMENSION * Float.BYTES);
            }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
  }

  /** Makes the file in a folder of one's own: the count, then the folder. */
  public static void main(String[] arguments) throws Exception {
    Path work = Files.createDirectories(Path.of(arguments[1]));
    Setup setup = new Setup(Path.of(System.getProperty("aidb.home", ".")), work, false);
    System.out.println(file(setup, Integer.parseInt(arguments[0])));
  }
}
