package dev.aidb.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came of an import so far. Thread-safe. */
final class ImportSummary {
  static final int EXAMPLES_MAX = 20;

  private final Map<String, Long> reasons = new TreeMap<>();
  private final List<Map<String, String>> examples = new ArrayList<>();
  private long created;
  private long updated;
  private long unchanged;
  private long refused;
  private long chunks;

  synchronized void stored(String outcome, long chunkCount) {
    switch (outcome) {
      case "created" -> created++;
      case "updated" -> updated++;
      default -> unchanged++;
    }
    chunks += chunkCount;
  }

  synchronized void refused(String label, String reason) {
    refused++;
    String kind = reasons.size() < 100 || reasons.containsKey(reason) ? reason : "other reasons";
    reasons.merge(kind, 1L, Long::sum);
    if (examples.size() < EXAMPLES_MAX) {
      examples.add(Map.of("source", label, "reason", reason));
    }
  }

  synchronized long done() {
    return created + updated + unchanged + refused;
  }

  synchronized long refused() {
    return refused;
  }

  synchronized Map<String, Object> toJson(boolean interrupted, String failure) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("created", created);
    json.put("updated", updated);
    json.put("unchanged", unchanged);
    json.put("refused", refused);
    json.put("chunks", chunks);
    json.put("reasons", new TreeMap<>(reasons));
    json.put("examples", List.copyOf(examples));
    json.put("interrupted", interrupted);
    if (!failure.isEmpty()) {
      json.put("failure", failure);
    }
    return json;
  }

  synchronized String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            java.util.Locale.ROOT,
            "%,d created, %,d updated, %,d unchanged, %,d refused (%,d chunks)%n",
            created,
            updated,
            unchanged,
            refused,
            chunks));
    for (Map<String, String> example : examples) {
      text.append("  refused ").append(shown(example.get("source"))).append(": ");
      text.append(shown(example.get("reason"))).append(System.lineSeparator());
    }
    if (refused > examples.size()) {
      text.append("  and ").append(refused - examples.size()).append(" more:");
      text.append(System.lineSeparator());
      reasons.forEach((reason, n) ->
          text.append("  ")
              .append(n)
              .append(" × ")
              .append(shown(reason))
              .append(System.lineSeparator()));
    }
    return text.toString();
  }

  /** Names of files and words of a server are others' texts. */
  private static String shown(@Nullable String text) {
    return Terminal.harmless(text == null ? "" : text);
  }
}
