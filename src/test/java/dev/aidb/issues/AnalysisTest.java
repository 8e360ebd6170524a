package dev.aidb.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.AidbException;
import dev.aidb.core.UuidV7Source;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.embedding.EmbeddingModel;
import dev.aidb.issues.AnalysisView.Burst;
import dev.aidb.issues.AnalysisView.Correlation;
import dev.aidb.issues.AnalysisView.Direction;
import dev.aidb.issues.AnalysisView.Rule;
import dev.aidb.issues.AnalysisView.Suggestion;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import dev.aidb.store.Database;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Analyses of a history that was seeded hour by hour. */
class AnalysisTest {
  private static final Caller CALLER = new Caller("test", Set.of(Scope.READ), Optional.empty());
  private static final Instant NOW = Instant.parse("2026-03-10T12:30:00Z");

  private final SteppedClock clock = SteppedClock.at(NOW.toString());
  private final Words model = new Words();
  private final Embedder embedder = embedder(model);
  private Database database;
  private Issues issues;

  /** A model that looks at two words only; it can be broken. */
  static final class Words implements EmbeddingModel {
    volatile boolean broken;

    @Override
    public String name() {
      return "words";
    }

    @Override
    public int dimension() {
      return 3;
    }

    @Override
    public int maxTokens() {
      return 256;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
      if (broken) {
        throw AidbException.unavailable("the model is down", Duration.ofSeconds(1), null);
      }
      return texts.stream().map(text -> new Embedding(vector(text), 3, false)).toList();
    }

    private static float[] vector(String text) {
      return text.contains("disk")
          ? new float[] {1, 0, 0}
          : text.contains("token") ? new float[] {0, 1, 0} : new float[] {0, 0, 1};
    }

    @Override
    public void close() {}
  }

  static Embedder embedder(Words model) {
    return new Embedder(
        model, EmbedderSettings.inProcess(1), new EmbeddingMetrics(new PrometheusRegistry()));
  }

  static Suggestions suggestions(Database database, Embedder embedder) {
    return new Suggestions(
        new IssueRows(database), new HistoryRows(database), embedder, SolvedIssues.none());
  }

  @BeforeEach
  void open() {
    database = PostgresForTests.freshDatabase();
    issues =
        new Issues(
            database, UuidV7Source.system(), clock, new IssueMetrics(new PrometheusRegistry()));
  }

  @AfterEach
  void close() {
    embedder.close();
    database.close();
  }

  private UUID happens(String component, String message, Instant at, int times) {
    IssueReport report =
        new IssueReport(
            component,
            "Error",
            message,
            Severity.MEDIUM,
            Category.UNKNOWN,
            Map.of(),
            Optional.empty());
    Sighting one = Sighting.of(report, at);
    return issues
        .count(new Sighting(one.fingerprint(), one.template(), one.report(), times, at))
        .issue()
        .id();
  }

  private AnalysisView analysis(SolvedIssues solved, int days) {
    Suggestions suggestions =
        new Suggestions(new IssueRows(database), new HistoryRows(database), embedder, solved);
    return new Analysis(new HistoryRows(database), suggestions, clock).of(days, CALLER);
  }

  private AnalysisView analysis() {
    return analysis(SolvedIssues.none(), 7);
  }

  @Test
  void nothingHappened() {
    AnalysisView view = analysis();

    assertThat(view.occurrences()).isZero();
    assertThat(view.trend().perDay()).hasSize(7);
    assertThat(view.trend().direction()).isEqualTo(Direction.STEADY);
    assertThat(view.suggestions()).isEmpty();
    assertThat(view.degraded()).isNull();
  }

  @Test
  void whatHappenedMostStandsFirstAndTheDaysAreCounted() {
    for (int day = 0; day < 7; day++) {
      happens("a", "often", NOW.minus(Duration.ofDays(day)), 10 * (7 - day));
    }
    happens("b", "seldom", NOW.minus(Duration.ofDays(1)), 4);
    happens("b", "long ago", NOW.minus(Duration.ofDays(8)), 400);
    AnalysisView view = analysis();

    assertThat(view.occurrences()).isEqualTo(284);
    assertThat(view.issues()).isEqualTo(2);
    assertThat(view.patterns())
        .extracting(AnalysisView.Pattern::template)
        .containsExactly("often", "seldom");
    assertThat(view.patterns().getFirst().share()).isEqualTo(280 / 284.0);
    assertThat(view.trend().perDay())
        .extracting(AnalysisView.Day::occurrences)
        .containsExactly(10L, 20L, 30L, 40L, 50L, 64L, 70L);
    assertThat(view.trend().slope()).isBetween(10.0, 10.5);
    assertThat(view.trend().direction()).isEqualTo(Direction.RISING);
    assertThat(view.components())
        .extracting(AnalysisView.ComponentCount::component)
        .containsExactly("a", "b");
    assertThat(analysis(SolvedIssues.none(), 30).occurrences()).isEqualTo(684);
  }

  @Test
  void anHourThatStandsOutIsABurstAndASteadyHumIsNone() {
    UUID bursting = happens("a", "bursts", NOW.minus(Duration.ofHours(30)), 40);
    happens("a", "hums", NOW, 3);
    for (int hour = 1; hour < 168; hour++) {
      happens("a", "bursts", NOW.minus(Duration.ofHours(hour)), 1);
      happens("a", "hums", NOW.minus(Duration.ofHours(hour)), 2 + hour % 4);
    }
    List<Burst> bursts = analysis().bursts();

    assertThat(bursts).hasSize(1);
    assertThat(bursts.getFirst().id()).isEqualTo(bursting);
    assertThat(bursts.getFirst().hour()).isEqualTo(Instant.parse("2026-03-09T06:00:00Z"));
    assertThat(bursts.getFirst().occurrences()).isEqualTo(41);
    assertThat(bursts.getFirst().expected()).isBetween(0.9, 1.1);
  }

  @Test
  void issuesThatHappenTogetherAreCorrelated() {
    UUID one = UUID.randomUUID();
    UUID two = UUID.randomUUID();
    for (int i = 1; i <= 12; i++) {
      Instant at = NOW.minus(Duration.ofHours(7L * i)).minusSeconds(60L * (i % 3));
      one = happens("db", "database went away", at, 1);
      two = happens("web", "page failed", at.plusSeconds(20), 2);
      happens("cron", "unrelated", at.plusSeconds(1_800 + 400L * i), 1);
    }
    List<Correlation> found = analysis().correlations();

    assertThat(found).hasSize(1);
    assertThat(Set.of(found.getFirst().first(), found.getFirst().second()))
        .isEqualTo(Set.of(one, two));
    assertThat(found.getFirst().together()).isBetween(8, 12);
  }

  @Test
  void rulesSuggestWhatIsFrequentOrTroubled() {
    UUID eleven = happens("x", "eleven times", NOW, 11);
    happens("y", "ten times", NOW, 10);
    String kinds = "abcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i < 6; i++) {
      happens("six", "kind " + kinds.charAt(i), NOW, 1);
    }
    for (int i = 0; i < 5; i++) {
      happens("five", "kind " + kinds.charAt(i), NOW, 1);
    }
    assertThat(analysis().suggestions())
        .extracting(Suggestion::rule)
        .containsExactly(Rule.FREQUENT_ISSUE, Rule.TROUBLED_COMPONENT);
    assertThat(analysis().suggestions().getFirst().issueId()).isEqualTo(eleven);
    assertThat(analysis().suggestions().getLast().component()).isEqualTo("six");

    for (int i = 0; i < 7; i++) {
      happens("c" + i, "one more", NOW, 1);
    }
    assertThat(analysis().suggestions())
        .extracting(Suggestion::rule)
        .doesNotContain(Rule.TROUBLED_CATEGORY); // 20 issues
    happens("c8", "one more", NOW, 1);
    assertThat(analysis().suggestions())
        .extracting(Suggestion::rule)
        .contains(Rule.TROUBLED_CATEGORY);
    clock.set(NOW.plus(Duration.ofDays(8)));
    assertThat(analysis(SolvedIssues.none(), 30).suggestions())
        .as("rules look back seven days")
        .isEmpty();
  }

  @Test
  void whatHelpedSimilarIssuesIsSuggested() {
    UUID solved = happens("a", "the disk of the archive is full", NOW, 1);
    issues.change(
        solved,
        new Issues.Change(
            Optional.of(Status.RESOLVED),
            Optional.of("added a disk"),
            Optional.empty(),
            Optional.empty()));
    assertThat(suggestions(database, embedder).embedResolved(10)).isEqualTo(1);
    assertThat(suggestions(database, embedder).embedResolved(10)).isZero();
    UUID similar = happens("b", "no room on the disk", NOW, 2);
    UUID other = happens("b", "the token is bad", NOW, 1);
    UUID document = UUID.randomUUID();
    List<Suggestion> found =
        analysis(
                (description, caller, limit) ->
                    description.contains("token")
                        ? List.of(
                            new SolvedIssues.Solved(document, "bad tokens", "make anew", 0.8),
                            new SolvedIssues.Solved(document, "far", "no", 0.1))
                        : List.of(),
                7)
            .suggestions();

    assertThat(found).hasSize(2);
    assertThat(found.getFirst().rule()).isEqualTo(Rule.SIMILAR_RESOLVED);
    assertThat(found.getFirst().issueId()).isEqualTo(similar);
    assertThat(found.getFirst().sourceId()).isEqualTo(solved);
    assertThat(found.getFirst().resolution()).isEqualTo("added a disk");
    assertThat(found.getLast().rule()).isEqualTo(Rule.SIMILAR_SOLUTION);
    assertThat(found.getLast().issueId()).isEqualTo(other);
    assertThat(found.getLast().sourceId()).isEqualTo(document);
  }

  @Test
  void withoutTheModelTheRestIsAnswered() {
    UUID solved = happens("a", "the disk is full", NOW, 1);
    issues.change(
        solved,
        new Issues.Change(
            Optional.of(Status.RESOLVED),
            Optional.of("added a disk"),
            Optional.empty(),
            Optional.empty()));
    suggestions(database, embedder).embedResolved(10);
    happens("b", "no room on the disk", NOW, 20);
    model.broken = true;
    AnalysisView view = analysis();

    assertThat(view.degraded()).containsExactly("embeddings");
    assertThat(view.suggestions())
        .extracting(Suggestion::rule)
        .containsExactly(Rule.FREQUENT_ISSUE);
  }

  @Test
  void tailsOfThePoissonDistributionAreRight() {
    assertThat(Poisson.tail(0, 3)).isEqualTo(1);
    assertThat(Poisson.tail(1, 0)).isZero();
    assertThat(Poisson.tail(5, 1)).isCloseTo(0.0036598, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(Poisson.tail(30, 10)).isCloseTo(2.51e-7, org.assertj.core.data.Offset.offset(2e-9));
    assertThat(Poisson.tail(1_000_000, 1)).isZero();
  }
}
