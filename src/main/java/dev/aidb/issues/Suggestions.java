package dev.aidb.issues;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.embedding.Embedder;
import dev.aidb.issues.AnalysisView.Rule;
import dev.aidb.issues.AnalysisView.Suggestion;
import dev.aidb.issues.HistoryRows.Frequent;
import dev.aidb.issues.HistoryRows.Share;
import dev.aidb.issues.HistoryRows.Span;
import dev.aidb.issues.HistoryRows.Trait;
import dev.aidb.operation.Caller;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What to look at, by rules over the last seven days; and what helped before: the resolutions of
 * similar issues, and similar solutions of the collection {@code solved_issues}.
 */
final class Suggestions {
  private static final Logger LOG = System.getLogger(Suggestions.class.getName());

  static final Duration RULES_LOOK_BACK = Duration.ofDays(7);
  static final int OCCURRENCES_MANY = 10;
  static final int COMPONENT_MANY = 5;
  static final int CATEGORY_MANY = 20;

  /** Of how many issues similar ones are looked for. */
  private static final int SIMILAR_FOR = 5;

  private static final int SIMILAR_EACH = 2;
  private static final int EACH_RULE = 10;
  private static final int RESOLVED_MAX = 1_000;
  private static final double RESOLVED_LIKE = 0.7;
  private static final double SOLUTION_LIKE = 0.5;
  private static final int RESOLUTION_MAX = 500;
  private static final int DESCRIPTION_MAX = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final IssueRows issues;
  private final HistoryRows history;
  private final Embedder embedder;
  private final SolvedIssues solved;

  Suggestions(IssueRows issues, HistoryRows history, Embedder embedder, SolvedIssues solved) {
    this.issues = issues;
    this.history = history;
    this.embedder = embedder;
    this.solved = solved;
  }

  /** Suggestions, and what was down so that some are missing. */
  record Suggested(List<Suggestion> suggestions, List<String> degraded) {}

  /** For the issues that happened most in the window. */
  Suggested suggest(Span window, Caller caller) {
    List<Suggestion> found = byRule(new Span(window.to().minus(RULES_LOOK_BACK), window.to()));
    List<Frequent> top = history.activeFrequent(window, SIMILAR_FOR);
    try {
      List<Suggestion> similar =
          ScopedValue.where(Deadline.CURRENT, Deadline.currentOr(PATIENCE).atMost(PATIENCE))
              .call(() -> similar(top, caller));
      found.addAll(similar);
      return new Suggested(found, List.of());
    } catch (AidbException e) {
      LOG.log(Level.WARNING, "An analysis has no similar solutions: {0}", e.detail());
      return new Suggested(found, List.of("embeddings"));
    }
  }

  private List<Suggestion> byRule(Span week) {
    List<Suggestion> found = new ArrayList<>();
    for (Frequent frequent : history.activeFrequent(week, EACH_RULE)) {
      if (frequent.occurrences() > OCCURRENCES_MANY) {
        found.add(
            Suggestion.of(
                    Rule.FREQUENT_ISSUE,
                    "%s in %s happened %d times in 7 days: find its cause"
                        .formatted(
                            frequent.issue().errorType(),
                            frequent.issue().component(),
                            frequent.occurrences()))
                .forIssue(frequent.issue().id()));
      }
    }
    for (Share share : history.activeShares(Trait.COMPONENT, week, EACH_RULE)) {
      if (share.tally().issues() > COMPONENT_MANY) {
        found.add(
            Suggestion.of(
                    Rule.TROUBLED_COMPONENT,
                    "%s has %d issues in 7 days: look at the component as a whole"
                        .formatted(share.name(), share.tally().issues()))
                .forComponent(share.name()));
      }
    }
    for (Share share : history.activeShares(Trait.CATEGORY, week, EACH_RULE)) {
      if (share.tally().issues() > CATEGORY_MANY) {
        found.add(
            Suggestion.of(
                    Rule.TROUBLED_CATEGORY,
                    "%d issues are about %s in 7 days: look for what they have in common"
                        .formatted(share.tally().issues(), share.name()))
                .forCategory(Category.of(share.name())));
      }
    }
    return found;
  }

  private List<Suggestion> similar(List<Frequent> top, Caller caller) {
    if (top.isEmpty()) {
      return List.of();
    }
    List<IssueRows.Resolved> resolved = issues.resolved(embedder.model(), RESOLVED_MAX);
    List<Suggestion> found = new ArrayList<>();
    for (Frequent frequent : top) {
      Issue issue = frequent.issue();
      String description = description(issue);
      if (!resolved.isEmpty()) {
        float[] vector = embedder.embedQuery(description).vector();
        found.addAll(resolutions(issue, vector, resolved));
      }
      for (SolvedIssues.Solved one : solved.similarTo(description, caller, SIMILAR_EACH)) {
        if (one.similarity() >= SOLUTION_LIKE) {
          found.add(
              Suggestion.of(Rule.SIMILAR_SOLUTION, "A solution is known for: " + cut(one.title()))
                  .forIssue(issue.id())
                  .told(one.document(), cut(one.solution()), one.similarity()));
        }
      }
    }
    return found;
  }

  private static List<Suggestion> resolutions(
      Issue issue, float[] vector, List<IssueRows.Resolved> resolved) {
    record Near(Issue issue, double cosine) {}
    return resolved.stream()
        .map(one -> new Near(one.issue(), cosine(vector, one.embedding())))
        .filter(near -> near.cosine >= RESOLVED_LIKE)
        .sorted(Comparator.comparingDouble(Near::cosine).reversed())
        .limit(SIMILAR_EACH)
        .map(near ->
            Suggestion.of(
                    Rule.SIMILAR_RESOLVED,
                    "A similar issue of " + near.issue.component() + " was resolved")
                .forIssue(issue.id())
                .told(near.issue.id(), cut(near.issue.resolution().orElse("")), near.cosine))
        .toList();
  }

  /** Both are of length 1. */
  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  /** What is embedded of an issue. */
  static String description(Issue issue) {
    String text = issue.errorType() + " in " + issue.component() + ": " + issue.template();
    return cut(text, DESCRIPTION_MAX);
  }

  private static String cut(String text) {
    return cut(text, RESOLUTION_MAX);
  }

  private static String cut(String text, int max) {
    int end = Math.min(max, text.length());
    boolean splits = end < text.length() && Character.isLowSurrogate(text.charAt(end));
    return text.substring(0, splits ? end - 1 : end);
  }

  /** Embeds resolved issues that aren't yet; the number that could be. */
  int embedResolved(int limit) {
    List<Issue> without = issues.withoutEmbedding(embedder.model(), limit);
    for (Issue issue : without) {
      issues.embed(issue.id(), embedder.model(), embedder.embedQuery(description(issue)).vector());
    }
    return without.size();
  }
}
