package dev.aidb.bench;

import dev.aidb.chunking.Chunk;
import dev.aidb.chunking.Chunker;
import dev.aidb.chunking.ChunkingPolicy;
import dev.aidb.chunking.ContentType;
import dev.aidb.chunking.Outline;
import dev.aidb.embedding.MiniLmModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * This machine's Debian package descriptions, as lines of {@code POST /documents/batch}.
 *
 * @param lines one JSON document each
 */
record Corpus(List<String> lines) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int QUERY_WORDS = 6;
  private static final long SEED = 20_240_229;

  static Corpus read(Setup setup) throws IOException, InterruptedException {
    Path file = setup.work().resolve("corpus.ndjson");
    if (!Files.exists(file)) {
      Process process =
          new ProcessBuilder(
                  setup.home().resolve("scripts/corpus-debian").toString(), file + ".new")
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new IOException("scripts/corpus-debian failed");
      }
      Files.move(Path.of(file + ".new"), file);
    }
    return new Corpus(Files.readAllLines(file));
  }

  Corpus slice(int from, int to) {
    return new Corpus(lines.subList(from, Math.min(to, lines.size())));
  }

  /** The same documents under another project's name: new ones to the server. */
  Corpus renamed(String project) {
    return new Corpus(
        lines.stream()
            .map(line -> {
              ObjectNode document = (ObjectNode) JSON.readTree(line);
              return document.put("project", project).toString();
            })
            .toList());
  }

  /** The texts that the server embeds for these documents. */
  List<String> embeddedTexts() {
    Chunker chunker = new Chunker(MiniLmModel.bundledTokenizer(), ChunkingPolicy.DEFAULT);
    List<String> texts = new ArrayList<>();
    for (String line : lines) {
      JsonNode document = JSON.readTree(line);
      Outline outline = Outline.read(ContentType.PLAIN, document.path("content").asString());
      chunker.chunk(document.path("title").asString(), outline).stream()
          .map(Chunk::embedText)
          .forEach(texts::add);
    }
    return texts;
  }

  /** Different short texts, each some words in a row out of a description; the same every time. */
  List<String> queries(int count) {
    Random random = new Random(SEED);
    Set<String> queries = new LinkedHashSet<>();
    while (queries.size() < count) {
      JsonNode document = JSON.readTree(lines.get(random.nextInt(lines.size())));
      String[] words = document.path("content").asString().strip().split("\\s+");
      if (words.length > QUERY_WORDS) {
        int from = random.nextInt(words.length - QUERY_WORDS);
        queries.add(String.join(" ", List.of(words).subList(from, from + QUERY_WORDS)));
      }
    }
    return List.copyOf(queries);
  }
}
