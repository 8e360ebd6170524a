package dev.aidb.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.UuidV7Source;
import dev.aidb.embedding.Embedder;
import dev.aidb.store.Database;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IssuesTest {
  private final SteppedClock clock = SteppedClock.at("2026-03-01T10:02:00Z");
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private Database database;
  private IssueRows rows;
  private Issues issues;

  @BeforeEach
  void open() {
    database = PostgresForTests.freshDatabase();
    rows = new IssueRows(database);
    issues = new Issues(database, UuidV7Source.system(), clock, new IssueMetrics(registry));
  }

  @AfterEach
  void close() {
    database.close();
  }

  static IssueReport report(String component, String message) {
    return new IssueReport(
        component,
        "IOError",
        message,
        Severity.HIGH,
        Category.RESOURCE,
        Map.of("a", 1),
        Optional.of("at x"));
  }

  private static Issues.Change to(Status status) {
    return new Issues.Change(
        Optional.of(status), Optional.of("did it"), Optional.empty(), Optional.empty());
  }

  @Test
  void manyRecordersOfOneErrorMakeOneIssue() throws Exception {
    Set<UUID> ids = new HashSet<>();
    int created = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<IssueRows.Counted>> recorded = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String message = "disk /dev/sd%c is full after %d s".formatted('a' + i % 26, i);
        recorded.add(threads.submit(() -> issues.record(report("store", message))));
      }
      for (Future<IssueRows.Counted> one : recorded) {
        ids.add(one.get().issue().id());
        created += one.get().created() ? 1 : 0;
      }
    }
    assertThat(ids).hasSize(1);
    assertThat(created).isEqualTo(1);
    assertThat(issues.get(ids.iterator().next()).occurrences()).isEqualTo(50);
    assertThat(all()).hasSize(1);
    assertThat(history()).containsExactly(50L);
  }

  private List<Issue> all() {
    return issues.page(
        new IssueRows.Wanted(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        1_000);
  }

  private List<Long> history() {
    return database.withHandle(handle ->
        handle
            .createQuery("SELECT occurrences FROM issue_hour ORDER BY hour")
            .mapTo(Long.class)
            .list());
  }

  @Test
  void aResolvedIssueIsReopenedByItsNextOccurrence() {
    UUID id = issues.record(report("store", "disk 1 is full")).issue().id();
    clock.step(Duration.ofMinutes(30));
    Issue resolved = issues.change(id, to(Status.RESOLVED));
    assertThat(resolved.closedAt()).isPresent();

    clock.step(Duration.ofHours(2));
    IssueRows.Counted again = issues.record(report("store", "disk 2 is full"));

    assertThat(again.created()).isFalse();
    assertThat(again.issue().id()).isEqualTo(id);
    assertThat(again.issue().status()).isEqualTo(Status.OPEN);
    assertThat(again.issue().occurrences()).isEqualTo(2);
    assertThat(again.issue().message()).isEqualTo("disk 2 is full");
    assertThat(again.issue().resolution()).contains("did it");
    assertThat(again.issue().closedAt()).isEmpty();
    assertThat(again.issue().openedAt()).isEqualTo(clock.instant());
    assertThat(again.issue().lastSeen()).isEqualTo(clock.instant());
    assertThat(history()).containsExactly(1L, 1L);
  }

  @Test
  void whatSomebodyDecidedStaysWhenItHappensAgain() {
    for (Status status :
        List.of(Status.INVESTIGATING, Status.IN_PROGRESS, Status.WONT_FIX, Status.DUPLICATE)) {
      UUID id = issues.record(report(status.wireName(), "disk 1 is full")).issue().id();
      issues.change(id, to(status));
      Issue again = issues.record(report(status.wireName(), "disk 2 is full")).issue();
      assertThat(again.status()).isEqualTo(status);
      assertThat(again.message()).isEqualTo("disk 1 is full");
      assertThat(again.occurrences()).isEqualTo(2);
    }
  }

  @Test
  void manyReopenersReopenOnce() throws Exception {
    UUID id = issues.record(report("store", "disk 1 is full")).issue().id();
    issues.change(id, to(Status.RESOLVED));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<IssueRows.Counted>> reopened = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        reopened.add(threads.submit(() -> issues.record(report("store", "disk 3 is full"))));
      }
      for (Future<IssueRows.Counted> one : reopened) {
        assertThat(one.get().issue().status()).isEqualTo(Status.OPEN);
      }
    }
    assertThat(issues.get(id).occurrences()).isEqualTo(21);
    assertThat(issues.get(id).status()).isEqualTo(Status.OPEN);
  }

  @Test
  void aHotRowIsUpdatedWithoutTouchingItsIndexes() {
    for (int i = 0; i < 30; i++) {
      issues.record(report("store", "disk 1 is full"));
    }
    database.useHandle(handle -> handle.execute("SELECT pg_stat_force_next_flush()"));
    Long others =
        database.withHandle(handle ->
            handle
                .createQuery(
                    """
                    SELECT n_tup_upd - n_tup_hot_upd FROM pg_stat_user_tables
                    WHERE relname = 'issue'
                    """)
                .mapTo(Long.class)
                .one());
    assertThat(others).isLessThanOrEqualTo(1);
  }

  @Test
  void listsAreFilteredAndPaged() {
    for (int i = 0; i < 7; i++) {
      issues.record(report("c" + i % 2, "kind " + "x".repeat(i + 1) + " broke"));
    }
    List<Issue> whole = all();
    assertThat(whole).hasSize(7);
    assertThat(whole.getFirst().stack()).isEmpty();
    List<Issue> of =
        issues.page(
            new IssueRows.Wanted(
                Optional.of(Status.OPEN),
                Optional.of(Severity.HIGH),
                Optional.of(Category.RESOURCE),
                Optional.of("c1"),
                Optional.of(whole.get(1).id())),
            2);
    assertThat(of).extracting(Issue::component).containsExactly("c1", "c1");
    assertThat(of.getFirst()).isEqualTo(whole.get(3));
    issues.change(whole.getFirst().id(), to(Status.WONT_FIX));
    assertThat(
            issues.page(
                new IssueRows.Wanted(
                    Optional.of(Status.WONT_FIX),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                10))
        .hasSize(1);
  }

  @Test
  void resolutionTimeIsMeasuredAndActiveOnesAreCounted() {
    UUID id = issues.record(report("store", "disk 1 is full")).issue().id();
    issues.record(report("other", "disk 1 is full"));
    assertThat(rows.active()).containsExactly(Map.entry(Severity.HIGH, 2L));
    clock.step(Duration.ofMinutes(5));
    issues.change(id, to(Status.RESOLVED));
    issues.change(id, to(Status.RESOLVED)); // no second time
    assertThat(rows.active()).containsExactly(Map.entry(Severity.HIGH, 1L));
    var histogram =
        (io.prometheus.metrics.model.snapshots.HistogramSnapshot)
            registry.scrape(name -> name.equals("aidb_issue_resolution_seconds")).get(0);
    assertThat(histogram.getDataPoints().getFirst().getCount()).isEqualTo(1);
    assertThat(histogram.getDataPoints().getFirst().getSum()).isEqualTo(300);
  }

  @Test
  void anUnknownIssueIsNotFound() {
    assertThatThrownBy(() -> issues.get(UUID.randomUUID())).isInstanceOf(AidbException.class);
    assertThatThrownBy(() -> issues.change(UUID.randomUUID(), to(Status.OPEN)))
        .isInstanceOf(AidbException.class);
  }

  @Test
  void secretsAreNeverStored() {
    String secret = "q7Xw2Kd9Lm4Rt8Bv1Zc6Nf3Hj5Gy0PsAeUi8Qo2";
    issues.record(
        new IssueReport(
            "password=" + secret,
            "token=" + secret,
            "url postgres://a:" + secret + "@db failed",
            Severity.LOW,
            Category.UNKNOWN,
            Map.of("api_key", secret, "more", List.of("bearer " + secret)),
            Optional.of("at connect(password=" + secret + ")")));
    issues.change(
        all().getFirst().id(),
        new Issues.Change(
            Optional.empty(),
            Optional.of("set password=" + secret),
            Optional.empty(),
            Optional.empty()));
    String row =
        database.withHandle(handle ->
            handle.createQuery("SELECT issue::text FROM issue").mapTo(String.class).one());
    assertThat(row).doesNotContain(secret).contains("[secret]");
  }

  @Test
  void whatPostgresCannotHoldIsReplaced() {
    Issue issue = issues.record(report("a\u0000b", "lone \ud800 and \u0000")).issue();
    assertThat(issue.component()).isEqualTo("a?b");
    assertThat(issue.message()).isEqualTo("lone ? and ?");
  }

  @Test
  void closedIssuesAndHistoryAreForgottenInTime() {
    UUID open = issues.record(report("open", "disk 1 is full")).issue().id();
    UUID closed = issues.record(report("closed", "disk 1 is full")).issue().id();
    issues.change(closed, to(Status.RESOLVED));
    clock.step(Duration.ofDays(89));
    forget();
    assertThat(all()).hasSize(2);
    assertThat(history()).hasSize(2);

    clock.step(Duration.ofDays(2));
    forget();
    assertThat(all()).extracting(Issue::id).containsExactly(open);
    assertThat(history()).isEmpty();
  }

  private void forget() {
    try (Embedder embedder = AnalysisTest.embedder(new AnalysisTest.Words())) {
      new IssueUpkeep(
              rows,
              issues,
              AnalysisTest.suggestions(database, embedder),
              new IssueMetrics(new PrometheusRegistry()),
              Duration.ofDays(90),
              Duration.ofHours(1))
          .forget();
    }
  }
}
