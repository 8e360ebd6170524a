package dev.aidb.search;

import dev.aidb.chunking.Chunk;
import dev.aidb.chunking.Chunker;
import dev.aidb.chunking.ChunkingPolicy;
import dev.aidb.chunking.ContentType;
import dev.aidb.chunking.Outline;
import dev.aidb.context.ContextOrder;
import dev.aidb.documents.Fusion;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.MiniLmModel;
import dev.aidb.index.ArmPage.Hit;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexedRecord;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.lucene.LuceneIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Retrieval quality over a test collection in BEIR form ({@code corpus.jsonl}, {@code
 * queries.jsonl}, {@code qrels.tsv} with a header): nDCG@10 with the gain 2^grade − 1, recall@100
 * and the mean reciprocal rank, of each mode.
 *
 * <p>It runs the server's own parts in this process, with the chunking, the analyser and the depth
 * that collections have unless told otherwise. A document stands where its best chunk stands. In
 * this package, because the fusion isn't public.
 */
final class Quality {
  private static final String COLLECTION = "quality";
  private static final int DEPTH = Fusion.USUAL.depth();
  private static final int NDCG_DEPTH = 10;
  private static final int RECALL_DEPTH = 100;
  private static final int CONTEXT_DEPTH = 50;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private record Arms(String query, float[] vector, List<Hit> dense, List<Hit> keyword) {}

  /** Sums over the queries. */
  private record Scores(double ndcg, double recall, double reciprocal) {
    Scores plus(Scores other) {
      return new Scores(
          ndcg + other.ndcg, recall + other.recall, reciprocal + other.reciprocal);
    }
  }

  private final Map<UUID, String> documentOf = new HashMap<>();
  private final Map<UUID, IndexedRecord> records = new HashMap<>();
  private final Map<String, Map<String, Integer>> grades;
  private final Map<String, Arms> answers = new HashMap<>();

  private Quality(Path folder, MiniLmModel model) throws IOException {
    this.grades = grades(folder.resolve("qrels.tsv"));
    Path files = Files.createTempDirectory("aidb-quality");
    try (LuceneIndex index = LuceneIndex.open(files)) {
      index.apply(corpus(folder.resolve("corpus.jsonl"), model));
      for (JsonNode query : lines(folder.resolve("queries.jsonl"))) {
        if (grades.containsKey(query.path("_id").asString())) {
          answers.put(
              query.path("_id").asString(), ask(index, model, query.path("text").asString()));
        }
      }
    } finally {
      LuceneIndex.wipe(files);
      Files.delete(files);
    }
  }

  public static void main(String[] arguments) throws IOException {
    boolean sweep = arguments.length > 0 && arguments[arguments.length - 1].equals("--sweep");
    int count = arguments.length - (sweep ? 1 : 0);
    if (count != 1 && count != 3) {
      System.err.println("usage: bench/quality FOLDER [MODEL.onnx TOKENIZER.json] [--sweep]");
      System.exit(2);
    }
    Path folder = Path.of(arguments[0]);
    try (MiniLmModel model =
        count == 3
            ? MiniLmModel.load(Path.of(arguments[1]), Path.of(arguments[2]))
            : MiniLmModel.bundled()) {
      new Quality(folder, model).print(model.name(), sweep);
    }
  }

  private void print(String model, boolean sweep) {
    System.out.printf(
        "%d documents in %d chunks, %d queries, %s%n%n",
        documentOf.values().stream().distinct().count(),
        documentOf.size(),
        answers.size(),
        model);
    System.out.printf("%-32s %8s %10s %8s%n", "mode", "nDCG@10", "recall@100", "MRR");
    row("keyword", arms -> documents(arms.keyword().stream().map(Hit::id).toList()));
    row("vector", arms -> documents(arms.dense().stream().map(Hit::id).toList()));
    row("hybrid", arms -> fused(arms, Fusion.USUAL));
    row("reranked for a context", arms -> inContext(arms, false));
    row("diversified for a context", arms -> inContext(arms, true));
    if (sweep) {
      for (int k : new int[] {5, 10, 20, 40, 60, 100}) {
        for (double dense : new double[] {0.5, 0.75, 1, 1.5, 2, 3}) {
          Fusion fusion = new Fusion(dense, 1, k, DEPTH);
          row("hybrid, k %d, dense weight %.2f".formatted(k, dense), arms -> fused(arms, fusion));
        }
      }
    }
  }

  private void row(String mode, Function<Arms, List<String>> ranking) {
    Scores sum = new Scores(0, 0, 0);
    for (Map.Entry<String, Arms> answer : answers.entrySet()) {
      Map<String, Integer> graded = grades.getOrDefault(answer.getKey(), Map.of());
      sum = sum.plus(scores(ranking.apply(answer.getValue()), graded));
    }
    int n = answers.size();
    System.out.printf(
        Locale.ROOT,
        "%-32s %8.4f %10.4f %8.4f%n",
        mode,
        sum.ndcg / n,
        sum.recall / n,
        sum.reciprocal / n);
  }

  private List<String> fused(Arms arms, Fusion fusion) {
    return documents(
        Fused.of(arms.dense(), arms.keyword(), fusion).slice(0, Integer.MAX_VALUE).stream().map(Fused.Item::id).toList());
  }

  /** Of the first 50 that a search finds; the recall is of them alone. */
  private List<String> inContext(Arms arms, boolean diversified) {
    Map<UUID, Double> bm25 = new HashMap<>();
    arms.keyword().forEach(hit -> bm25.put(hit.id(), hit.score()));
    List<ContextOrder.Found> found =
        Fused.of(arms.dense(), arms.keyword(), Fusion.USUAL).slice(0, CONTEXT_DEPTH).stream()
            .map(item -> records.get(item.id()))
            .map(r ->
                new ContextOrder.Found(
                    r.id(), r.title(), r.content(), r.embedding(), bm25.getOrDefault(r.id(), 0.0)))
            .toList();
    return documents(ContextOrder.of(arms.query(), arms.vector(), found, diversified));
  }

  private List<String> documents(List<UUID> ids) {
    LinkedHashSet<String> documents = new LinkedHashSet<>();
    ids.forEach(record -> documents.add(documentOf.getOrDefault(record, "")));
    return List.copyOf(documents);
  }

  private static Scores scores(List<String> ranking, Map<String, Integer> graded) {
    List<Integer> found = ranking.stream().map(id -> graded.getOrDefault(id, 0)).toList();
    List<Integer> best =
        graded.values().stream().sorted((a, b) -> Integer.compare(b, a)).toList();
    long hits = found.stream().limit(RECALL_DEPTH).filter(grade -> grade > 0).count();
    int first =
        IntStream.range(0, Math.min(RECALL_DEPTH, found.size()))
            .filter(i -> found.get(i) > 0)
            .findFirst()
            .orElse(-1);
    return new Scores(
        dcg(found) / dcg(best), (double) hits / graded.size(), first < 0 ? 0 : 1.0 / (first + 1));
  }

  private static double dcg(List<Integer> grades) {
    double sum = 0;
    for (int i = 0; i < Math.min(NDCG_DEPTH, grades.size()); i++) {
      sum += (Math.pow(2, grades.get(i)) - 1) / (Math.log(i + 2) / Math.log(2));
    }
    return sum;
  }

  private static Arms ask(LuceneIndex index, MiniLmModel model, String text) {
    float[] vector = model.embed(List.of(text)).getFirst().vector();
    return new Arms(
        text,
        vector,
        index.dense(DenseQuery.first(DEPTH, COLLECTION, vector, RecordFilter.ALL)).hits(),
        index.keyword(new KeywordQuery(COLLECTION, text, RecordFilter.ALL, 0, 0, DEPTH)).hits());
  }

  private List<IndexChange> corpus(Path file, MiniLmModel model) throws IOException {
    Chunker chunker = new Chunker(model.tokenizer(), ChunkingPolicy.DEFAULT);
    List<IndexedRecord> read = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (JsonNode document : lines(file)) {
      String title = document.path("title").asString("");
      Outline outline = Outline.read(ContentType.PLAIN, document.path("text").asString());
      for (Chunk chunk : chunker.chunk(title, outline)) {
        UUID id = new UUID(0, read.size());
        documentOf.put(id, document.path("_id").asString());
        texts.add(chunk.embedText());
        read.add(
            new IndexedRecord(
                id, 1, COLLECTION, "", id, title, chunk.content(), Map.of(), new float[0]));
      }
    }
    List<Embedding> embeddings =
        IntStream.range(0, texts.size())
            .parallel()
            .mapToObj(i -> model.embed(List.of(texts.get(i))).getFirst())
            .toList();
    List<IndexChange> changes = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      IndexedRecord whole = withEmbedding(read.get(i), embeddings.get(i).vector());
      records.put(whole.id(), whole);
      changes.add(new IndexChange.Put(whole));
    }
    return changes;
  }

  private static IndexedRecord withEmbedding(IndexedRecord r, float[] embedding) {
    return new IndexedRecord(
        r.id(),
        r.version(),
        r.collection(),
        r.project(),
        r.documentId(),
        r.title(),
        r.content(),
        r.metadata(),
        embedding);
  }

  private static Map<String, Map<String, Integer>> grades(Path file) throws IOException {
    Map<String, Map<String, Integer>> grades = new HashMap<>();
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split("\t", -1);
      int grade = Integer.parseInt(columns[2].strip());
      if (grade > 0) {
        grades.computeIfAbsent(columns[0], query -> new HashMap<>()).put(columns[1], grade);
      }
    }
    return grades;
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        nodes.add(JSON.readTree(line));
      }
    }
    return nodes;
  }
}
