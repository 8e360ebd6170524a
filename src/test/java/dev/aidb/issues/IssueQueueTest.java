package dev.aidb.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.UuidV7Source;
import dev.aidb.log.LogContext;
import dev.aidb.store.Database;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IssueQueueTest {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final IssueMetrics metrics = new IssueMetrics(registry);
  private Database database;

  @BeforeEach
  void open() {
    database = PostgresForTests.freshDatabase();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private IssueQueue queue(int queueMax, int perSecondMax) {
    return new IssueQueue(
        Clock.systemUTC(),
        metrics,
        new IssueQueue.Settings(
            queueMax,
            perSecondMax,
            50,
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofSeconds(1)));
  }

  private Issues issues(Database in) {
    return new Issues(in, UuidV7Source.system(), Clock.systemUTC(), metrics);
  }

  private List<Issue> stored() {
    return new IssueRows(database)
        .page(
            new IssueRows.Wanted(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            100);
  }

  private double dropped() {
    CounterSnapshot counter =
        (CounterSnapshot) registry.scrape(name -> name.equals("aidb_issues_dropped")).get(0);
    return counter.getDataPoints().getFirst().getValue();
  }

  private static IssueReport report(String message) {
    return IssuesTest.report("gc", message);
  }

  @Test
  void reportsOfTheStartAreRecordedOnceTheDatabaseIsThere() {
    try (IssueQueue queue = queue(100, 100)) {
      for (int i = 0; i < 10; i++) {
        queue.record(report("run " + i + " was stopped"));
      }
      queue.start(issues(database));
      Eventually.within(Duration.ofSeconds(5), "they are stored", () -> !stored().isEmpty());
    }
    assertThat(stored()).hasSize(1);
    assertThat(stored().getFirst().occurrences()).isEqualTo(10);
    assertThat(dropped()).isZero();
  }

  @Test
  void whatFindsNoRoomIsDroppedAndCounted() {
    IssueQueue queue = queue(5, 1_000);
    for (int i = 0; i < 12; i++) {
      queue.record(report("run " + i + " was stopped"));
    }
    assertThat(dropped()).isEqualTo(7);
    queue.start(issues(database));
    queue.close();
    assertThat(stored().getFirst().occurrences()).isEqualTo(5);
  }

  @Test
  void aFloodIsHeldToItsRate() {
    SteppedClock clock = SteppedClock.at("2026-03-01T10:00:00Z");
    IssueQueue queue =
        new IssueQueue(
            clock,
            metrics,
            new IssueQueue.Settings(
                1_000, 20, 50, Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(1)));
    for (int i = 0; i < 100; i++) {
      queue.record(report("run was stopped"));
    }
    assertThat(dropped()).isEqualTo(80);
    clock.step(Duration.ofSeconds(1));
    queue.record(report("run was stopped"));
    assertThat(dropped()).isEqualTo(80);
  }

  @Test
  void aReportThatCannotBeWrittenOutHarmsNoOther() {
    try (IssueQueue queue = queue(100, 100)) {
      queue.failed(
          "gc",
          new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
              throw new IllegalStateException("no message");
            }
          });
      queue.record(report("run was stopped"));
      queue.start(issues(database));
    }
    assertThat(stored()).hasSize(1);
    assertThat(dropped()).isEqualTo(1);
  }

  @Test
  void itsOwnFailuresAreNotRecordedAndNothingIsLostMeanwhile() {
    Database away = Database.open(database.endpoint(), PoolSettings.defaults());
    away.close();
    IssueQueue queue = queue(100, 100);
    queue.record(report("run was stopped"));
    queue.start(issues(away));
    queue.close();
    assertThat(dropped()).as("the one report, and no report of the failure").isEqualTo(1);
    assertThat(stored()).isEmpty();
  }

  @Test
  void whatTheWriterReportsItselfIsIgnored() {
    IssueQueue queue = queue(100, 100);
    Issues reporting =
        new Issues(
            database,
            () -> {
              queue.failed("issues", new IllegalStateException("while recording"));
              return UuidV7Source.system().next();
            },
            Clock.systemUTC(),
            metrics);
    queue.record(report("run was stopped"));
    queue.start(reporting);
    Eventually.within(Duration.ofSeconds(5), "it is stored", () -> !stored().isEmpty());
    queue.close();
    assertThat(stored()).extracting(Issue::component).containsExactly("gc");
  }

  @Test
  void anErrorOfTheProgramIsStoredWithoutWhatAClientSent() {
    String query = "how do I feed the cat";
    RuntimeException failure =
        new RuntimeException(
            "org.postgresql: ERROR: bad \"%s\" [statement:\"SELECT 1\", arguments:{named:{q:%s}}]"
                .formatted(query, query),
            new IllegalArgumentException("For input string: '" + query + "'\n" + query));
    try (IssueQueue queue = queue(100, 100)) {
      ScopedValue.where(LogContext.REQUEST_ID, "request-7")
          .run(() -> queue.failed("search", failure));
      queue.start(issues(database));
    }
    Issue issue = new IssueRows(database).find(stored().getFirst().id()).orElseThrow();
    assertThat(issue.component()).isEqualTo("search");
    assertThat(issue.errorType()).isEqualTo("java.lang.IllegalArgumentException");
    assertThat(issue.message()).isEqualTo("for input string: <str>");
    assertThat(issue.severity()).isEqualTo(Severity.HIGH);
    assertThat(issue.context()).isEqualTo(Map.of("request_id", "request-7"));
    assertThat(issue.stack().orElse(""))
        .contains("RuntimeException", "caused by", "IssueQueueTest");
    assertThat(Stream.of(issue.message(), issue.stack().orElse(""), issue.template()))
        .noneMatch(text -> text.contains("feed") || text.contains("SELECT 1"));
  }
}
