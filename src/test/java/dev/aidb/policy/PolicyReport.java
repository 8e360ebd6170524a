package dev.aidb.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges the detector on the corpora: {@code make policy-report}. Prints how many attacks are found
 * and how many harmless queries are refused, for each half; ends with 1 when the held-out half
 * misses an aim. What was judged wrongly is listed in a file.
 */
final class PolicyReport {
  static final double BLOCKED_MIN = 0.97;
  static final double REFUSED_MAX = 0.001;
  static final String HELD_OUT = "held-out";
  static final String TUNE = "tune";

  private final PayloadDetector detector = new PayloadDetector();
  private final List<Corpus.Query> misses = new ArrayList<>();
  private final List<Corpus.Query> alarms = new ArrayList<>();
  private final Map<String, Share> attacks = new TreeMap<>();
  private final Map<String, Share> harmless = new TreeMap<>();

  /** So many of so many. */
  static final class Share {
    private int found;
    private int all;

    double value() {
      return all == 0 ? 0 : (double) found / all;
    }

    int all() {
      return all;
    }

    private void count(boolean hit) {
      found += hit ? 1 : 0;
      all++;
    }

    @Override
    public String toString() {
      return "%,6d of %,6d  %7.3f %%".formatted(found, all, 100 * value());
    }
  }

  PolicyReport() {
    for (Corpus.Query query : Corpus.attacks()) {
      boolean found = !detector.find(query.text()).isEmpty();
      count(attacks, query, found);
      if (!found) {
        misses.add(query);
      }
    }
    for (Corpus.Query query : Corpus.harmless()) {
      boolean found = !detector.find(query.text()).isEmpty();
      count(harmless, query, found);
      if (found) {
        alarms.add(query);
      }
    }
  }

  private static void count(Map<String, Share> shares, Corpus.Query query, boolean found) {
    shares.computeIfAbsent(query.half() + " all", k -> new Share()).count(found);
    shares.computeIfAbsent(query.half() + " " + query.group(), k -> new Share()).count(found);
  }

  /** The share of attacks of a half that were found; of one kind, or {@code all}. */
  Share blocked(String half, String kind) {
    return attacks.getOrDefault(half + " " + kind, new Share());
  }

  /** The share of harmless queries of a half that were taken for attacks. */
  Share refused(String half) {
    return harmless.getOrDefault(half + " all", new Share());
  }

  String judgedWrongly(String half) {
    StringBuilder text = new StringBuilder();
    list(text, "missed", misses, half);
    list(text, "false alarm", alarms, half);
    return text.toString();
  }

  private void list(StringBuilder text, String what, List<Corpus.Query> queries, String half) {
    for (Corpus.Query query : queries) {
      if (query.half().equals(half)) {
        text.append(
            "%-11s %-16s %-32s %s %s%n"
                .formatted(
                    what,
                    query.group(),
                    query.family(),
                    query.text().replace("\n", "\\n"),
                    detector.find(query.text())));
      }
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Attacks that are blocked\n");
    attacks.forEach((name, share) -> text.append("  %-26s %s%n".formatted(name, share)));
    text.append("Harmless queries that are refused\n");
    harmless.forEach((name, share) -> text.append("  %-26s %s%n".formatted(name, share)));
    return text.toString();
  }

  public static void main(String[] arguments) throws IOException {
    PolicyReport report = new PolicyReport();
    Path folder = Files.createDirectories(Path.of("target", "policy"));
    for (String half : List.of(TUNE, HELD_OUT)) {
      Files.writeString(folder.resolve("wrong-" + half + ".txt"), report.judgedWrongly(half));
    }
    boolean met =
        report.blocked(HELD_OUT, "all").value() >= BLOCKED_MIN
            && report.refused(HELD_OUT).value() <= REFUSED_MAX;
    System.out.print(report);
    System.out.printf(
        "Aims on the held-out half: at least %.1f %% and at most %.1f %%: %s%n",
        100 * BLOCKED_MIN, 100 * REFUSED_MAX, met ? "met" : "MISSED");
    System.out.println("What was judged wrongly is in " + folder);
    System.exit(met ? 0 : 1);
  }
}
