package dev.aidb.index.lucene;

import dev.aidb.index.ArmPage.Hit;
import dev.aidb.index.IndexChange;
import dev.aidb.index.IndexChange.Put;
import dev.aidb.index.IndexedRecord;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.RecordFilter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Prints nDCG@10 (gain 2^grade - 1) of the keyword arm over a test collection in BEIR form: {@code
 * corpus.jsonl}, {@code queries.jsonl} and {@code qrels.tsv} in the folder given as the argument.
 */
final class RelevanceReport {
  private static final String COLLECTION = "report";
  private static final ObjectMapper JSON = new ObjectMapper();

  private RelevanceReport() {}

  public static void main(String[] arguments) throws IOException {
    Path data = Path.of(arguments[0]);
    report(data, LuceneSettings.DEFAULT, System.out);
  }

  static void report(Path data, LuceneSettings settings, PrintStream out) throws IOException {
    Path directory = Files.createTempDirectory("relevance");
    try (LuceneIndex index = LuceneIndex.open(directory, settings)) {
      index.apply(corpus(data));
      Map<String, Map<UUID, Integer>> grades = grades(data);
      double sum = 0;
      int count = 0;
      for (JsonNode query : lines(data.resolve("queries.jsonl"))) {
        Map<UUID, Integer> graded = grades.get(query.path("_id").asString());
        if (graded != null) {
          sum += ndcg(index, query.path("text").asString(), graded);
          count++;
        }
      }
      out.printf("nDCG@10 %.4f over %d queries%n", sum / count, count);
    }
    LuceneIndex.wipe(directory);
    Files.delete(directory);
  }

  private static double ndcg(LuceneIndex index, String text, Map<UUID, Integer> graded) {
    List<Hit> hits =
        index.keyword(new KeywordQuery(COLLECTION, text, RecordFilter.ALL, 0, 0, 10)).hits();
    List<Integer> found = hits.stream().map(hit -> graded.getOrDefault(hit.id(), 0)).toList();
    List<Integer> best =
        graded.values().stream().sorted((a, b) -> Integer.compare(b, a)).limit(10).toList();
    return dcg(found) / dcg(best);
  }

  private static double dcg(List<Integer> grades) {
    double sum = 0;
    for (int i = 0; i < grades.size(); i++) {
      sum += (Math.pow(2, grades.get(i)) - 1) / (Math.log(i + 2) / Math.log(2));
    }
    return sum;
  }

  private static List<IndexChange> corpus(Path data) throws IOException {
    List<IndexChange> changes = new ArrayList<>();
    for (JsonNode text : lines(data.resolve("corpus.jsonl"))) {
      UUID id = id(text.path("_id").asString());
      String title = text.path("title").asString();
      String content = text.path("text").asString();
      float[] embedding = {1};
      changes.add(
          new Put(
              new IndexedRecord(
                  id, 1, COLLECTION, "report", id, title, content, Map.of(), embedding)));
    }
    return changes;
  }

  private static Map<String, Map<UUID, Integer>> grades(Path data) throws IOException {
    Map<String, Map<UUID, Integer>> grades = new HashMap<>();
    List<String> lines = Files.readAllLines(data.resolve("qrels.tsv"));
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split("\t", -1);
      int grade = Integer.parseInt(columns[2]);
      if (grade > 0) {
        grades.computeIfAbsent(columns[0], q -> new HashMap<>()).put(id(columns[1]), grade);
      }
    }
    return grades;
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(JSON::readTree).toList();
  }

  private static UUID id(String name) {
    return new UUID(0, Long.parseLong(name));
  }
}
