package dev.aidb.issues;

import dev.aidb.operation.Description;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Description("What the history of issues shows")
record AnalysisView(
    @Description("Where the window begins") Instant from,
    @Description("Where it ends: the end of the present hour") Instant to,
    @Description("Its length in days") int days,
    @Description("Issues that happened in it") long issues,
    @Description("How often in all") long occurrences,
    @Description("The issues that happened most, the first the most") List<Pattern> patterns,
    @Description("How it goes day by day") Trend trend,
    @Description("Components by occurrences") List<ComponentCount> components,
    @Description("Categories by occurrences") List<CategoryCount> categories,
    @Description(
            "Hours in which an issue happened far more often than it does, the strongest first")
        List<Burst> bursts,
    @Description("Issues that happen within the same five minutes far more often than by chance")
        List<Correlation> correlations,
    @Description("What to look at, and what helped before") List<Suggestion> suggestions,
    @Description("What was down, so that suggestions are missing; absent when nothing was")
        @Nullable List<String> degraded) {

  @Description("An issue among those that happened most")
  record Pattern(
      @Description("The issue") UUID id,
      @Description("Its component") String component,
      @Description("Its type") String errorType,
      @Description("Its message without what differs") String template,
      @Description("What it is about") Category category,
      @Description("How bad it is") Severity severity,
      @Description("Where it is in its life") Status status,
      @Description("How often it happened in the window") long occurrences,
      @Description("Its share of all occurrences, 0..1") double share) {}

  @Description("The course of the occurrences")
  record Trend(
      @Description("Each 24 hours of the window, the oldest first") List<Day> perDay,
      @Description("By how many occurrences a day grows from the one before, by least squares")
          double slope,
      @Description(
              "Rising or falling when the line's two ends are further apart than half its mean")
          Direction direction) {}

  /** Where a trend goes. */
  enum Direction {
    RISING,
    STEADY,
    FALLING
  }

  @Description("24 hours")
  record Day(
      @Description("Where they begin") Instant from,
      @Description("Issues that happened") long issues,
      @Description("How often in all") long occurrences) {}

  @Description("What happened in a component")
  record ComponentCount(
      @Description("The component") String component,
      @Description("Its issues") long issues,
      @Description("Their occurrences") long occurrences) {}

  @Description("What happened in a category")
  record CategoryCount(
      @Description("The category") Category category,
      @Description("Its issues") long issues,
      @Description("Their occurrences") long occurrences) {}

  @Description("An hour that stands out of its issue's own history")
  record Burst(
      @Description("The issue") UUID id,
      @Description("Where the hour begins") Instant hour,
      @Description("How often it happened in it") long occurrences,
      @Description("How often it happens in the other hours of the window, on average")
          double expected,
      @Description("How likely so many are by chance: a Poisson distribution's tail")
          double probability) {}

  @Description("Two issues that happen together")
  record Correlation(
      @Description("An issue") UUID first,
      @Description("Another one") UUID second,
      @Description("In how many five minutes both happened") int together,
      @Description("In how many they would by chance") double expected,
      @Description("Those of both over those of either, 0..1") double overlap) {}

  /** Why something is suggested. */
  enum Rule {
    FREQUENT_ISSUE,
    TROUBLED_COMPONENT,
    TROUBLED_CATEGORY,
    SIMILAR_RESOLVED,
    SIMILAR_SOLUTION
  }

  @Description("Something to do or to read")
  record Suggestion(
      @Description("Why it is suggested") Rule rule,
      @Description("What is suggested, in words") String text,
      @Description("The issue it is for; absent where it is for many") @Nullable UUID issueId,
      @Description("The component it is for") @Nullable String component,
      @Description("The category it is for") @Nullable Category category,
      @Description("What helped a similar one; at most 500 characters") @Nullable String resolution,
      @Description("The resolved issue, or the document, that tells it") @Nullable UUID sourceId,
      @Description("The cosine of the two, -1..1") @Nullable Double similarity) {

    static Suggestion of(Rule rule, String text) {
      return new Suggestion(rule, text, null, null, null, null, null, null);
    }

    Suggestion forIssue(UUID id) {
      return new Suggestion(rule, text, id, component, category, resolution, sourceId, similarity);
    }

    Suggestion forComponent(String name) {
      return new Suggestion(rule, text, issueId, name, category, resolution, sourceId, similarity);
    }

    Suggestion forCategory(Category which) {
      return new Suggestion(
          rule, text, issueId, component, which, resolution, sourceId, similarity);
    }

    Suggestion told(UUID source, String how, double cosine) {
      return new Suggestion(rule, text, issueId, component, category, how, source, cosine);
    }
  }
}
