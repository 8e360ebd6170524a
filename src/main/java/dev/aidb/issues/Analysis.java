package dev.aidb.issues;

import dev.aidb.issues.AnalysisView.CategoryCount;
import dev.aidb.issues.AnalysisView.ComponentCount;
import dev.aidb.issues.AnalysisView.Pattern;
import dev.aidb.issues.HistoryRows.Frequent;
import dev.aidb.issues.HistoryRows.Span;
import dev.aidb.issues.HistoryRows.Tally;
import dev.aidb.issues.HistoryRows.Trait;
import dev.aidb.operation.Caller;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Looks for patterns in what happened when. */
final class Analysis {
  private static final int TOP = 10;

  /** Among how many issues bursts are looked for: those that happened most. */
  private static final int BURSTS_AMONG = 200;

  private static final int CORRELATIONS_AMONG = 50;

  private final HistoryRows history;
  private final Suggestions suggestions;
  private final Clock clock;

  Analysis(HistoryRows history, Suggestions suggestions, Clock clock) {
    this.history = history;
    this.suggestions = suggestions;
    this.clock = clock;
  }

  /**
   * Of the last days, in whole hours up to the end of the present one.
   *
   * @param caller whose right to see solutions counts
   */
  AnalysisView of(int days, Caller caller) {
    Instant to = History.hourOf(clock.instant()).plus(Duration.ofHours(1));
    Span span = new Span(to.minus(Duration.ofDays(days)), to);
    Tally total = history.total(span);
    List<Frequent> frequent = history.frequent(span, BURSTS_AMONG);
    List<UUID> ids = frequent.stream().map(one -> one.issue().id()).toList();
    List<History> hours = history.of(ids, span);
    Set<UUID> most = new HashSet<>(ids.subList(0, Math.min(CORRELATIONS_AMONG, ids.size())));
    Suggestions.Suggested suggested = suggestions.suggest(span, caller);
    return new AnalysisView(
        span.from(),
        span.to(),
        days,
        total.issues(),
        total.occurrences(),
        patterns(frequent, total),
        Trends.of(history.perDay(span), span, days),
        components(span),
        categories(span),
        Bursts.in(hours, span, TOP),
        Correlations.in(
            hours.stream().filter(hour -> most.contains(hour.issue())).toList(), span, TOP),
        suggested.suggestions(),
        suggested.degraded().isEmpty() ? null : suggested.degraded());
  }

  private static List<Pattern> patterns(List<Frequent> frequent, Tally total) {
    return frequent.stream()
        .limit(TOP)
        .map(one ->
            new Pattern(
                one.issue().id(),
                one.issue().component(),
                one.issue().errorType(),
                one.issue().template(),
                one.issue().category(),
                one.issue().severity(),
                one.issue().status(),
                one.occurrences(),
                one.occurrences() / (double) Math.max(1, total.occurrences())))
        .toList();
  }

  private List<ComponentCount> components(Span span) {
    return history.shares(Trait.COMPONENT, span, TOP).stream()
        .map(share ->
            new ComponentCount(share.name(), share.tally().issues(), share.tally().occurrences()))
        .toList();
  }

  private List<CategoryCount> categories(Span span) {
    return history.shares(Trait.CATEGORY, span, TOP).stream()
        .map(share ->
            new CategoryCount(
                Category.of(share.name()), share.tally().issues(), share.tally().occurrences()))
        .toList();
  }
}
