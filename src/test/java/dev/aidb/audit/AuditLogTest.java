package dev.aidb.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.Deadline;
import dev.aidb.core.UuidV7Source;
import dev.aidb.guard.AuditEvent;
import dev.aidb.guard.AuditEvent.Outcome;
import dev.aidb.guard.Refusal;
import dev.aidb.guard.Refusal.Reason;
import dev.aidb.store.Database;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditLogTest {
  private static final AuditRows.Wanted ALL =
      new AuditRows.Wanted(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AuditMetrics metrics = new AuditMetrics(registry);
  private Database database;

  @BeforeEach
  void open() {
    database = PostgresForTests.freshDatabase();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private AuditLog log(int queueMax, Duration gather) {
    return new AuditLog(
        UuidV7Source.system(),
        Clock.systemUTC(),
        metrics,
        new AuditLog.Settings(
            queueMax, 500, Duration.ofMillis(200), gather, Duration.ofSeconds(1)));
  }

  private static AuditEvent event(String actor, String target) {
    return new AuditEvent(
        actor, "document.delete", target, Outcome.DONE, "r-1", Map.of("count", 3));
  }

  private List<AuditEvent> stored(AuditRows.Wanted wanted) {
    return AuditRows.page(database, wanted, 1_000).stream().map(AuditRow::event).toList();
  }

  private double count(String result) {
    return registry.scrape().stream()
        .flatMap(metric -> metric.getDataPoints().stream())
        .filter(point -> result.equals(point.getLabels().get("result")))
        .mapToDouble(point ->
            ((io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot) point)
                .getValue())
        .sum();
  }

  @Test
  void anEventIsStoredWhenItsRecordingReturns() {
    try (AuditLog log =
        new AuditLog(
            UuidV7Source.system(), Clock.systemUTC(), metrics, AuditLog.Settings.defaults())) {
      log.start(database);
      log.record(event("key:1", "a"));
      assertThat(stored(ALL)).containsExactly(event("key:1", "a"));
      assertThat(count("written")).isEqualTo(1);
    }
  }

  @Test
  void theNewestComeFirstAndCanBeChosen() {
    Instant between;
    try (AuditLog log = log(100, Duration.ofMinutes(1))) {
      log.start(database);
      log.record(event("key:1", "a"));
      log.record(event("key:2", "b"));
      between = Instant.now();
      log.record(event("key:1", "c"));
    }
    assertThat(stored(ALL)).extracting(AuditEvent::target).containsExactly("c", "b", "a");
    assertThat(
            stored(
                new AuditRows.Wanted(
                    Optional.of("key:1"), Optional.empty(), Optional.empty(), Optional.empty())))
        .extracting(AuditEvent::target)
        .containsExactly("c", "a");
    assertThat(
            stored(
                new AuditRows.Wanted(
                    Optional.empty(),
                    Optional.of("document.delete"),
                    Optional.of(between),
                    Optional.empty())))
        .extracting(AuditEvent::target)
        .containsExactly("c");
    AuditRow newest = AuditRows.page(database, ALL, 1).getFirst();
    assertThat(
            stored(
                new AuditRows.Wanted(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(newest.id()))))
        .extracting(AuditEvent::target)
        .containsExactly("b", "a");
  }

  @Test
  void anyMomentCanBeAskedFor() {
    try (AuditLog log = log(100, Duration.ofMinutes(1))) {
      log.start(database);
      log.record(event("key:1", "a"));
    }
    for (String past : List.of("-999999999-01-01T00:00:00Z", "-4800-01-01T00:00:00Z")) {
      assertThat(stored(since(Instant.parse(past)))).hasSize(1);
    }
    for (String ahead : List.of("+999999999-01-01T00:00:00Z", "+10890-01-01T00:00:00Z")) {
      assertThat(stored(since(Instant.parse(ahead)))).isEmpty();
    }
  }

  private static AuditRows.Wanted since(Instant moment) {
    return new AuditRows.Wanted(
        Optional.empty(), Optional.empty(), Optional.of(moment), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE audit_event SET actor = 'nobody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event"
      })
  void rowsAreOnlyEverAdded(String statement) {
    database.useHandle(handle ->
        AuditRows.insert(
            handle,
            List.of(new AuditRow(UuidV7Source.system().next(), Instant.now(), event("a", "b")))));
    assertThatThrownBy(() -> database.useHandle(handle -> handle.execute(statement)))
        .hasMessageContaining("append-only");
    assertThat(stored(ALL)).hasSize(1);
  }

  @Test
  void eventsOfTheStartWaitForTheDatabase() {
    try (AuditLog log = log(100, Duration.ofMinutes(1))) {
      log.record(event("key:1", "early"));
      log.start(database);
      Eventually.within(Duration.ofSeconds(5), "it is stored", () -> stored(ALL).size() == 1);
    }
  }

  @Test
  void whatFindsNoRoomIsCountedAndNobodyWaitsLong() {
    AuditLog log = log(2, Duration.ofMinutes(1));
    Deadline patience = Deadline.in(Duration.ofSeconds(3));
    for (int i = 0; i < 5; i++) {
      log.record(event("key:1", "n" + i));
    }
    assertThat(patience.passed()).isFalse();
    assertThat(count("lost")).isEqualTo(3);
    log.start(database);
    log.close();
    assertThat(stored(ALL)).hasSize(2);
  }

  @Test
  void whatADatabaseThatIsAwayCannotTakeIsStoredByTheEndOrCounted() {
    Database away = Database.open(database.endpoint(), dev.aidb.store.PoolSettings.defaults());
    away.close();
    try (AuditLog log = log(100, Duration.ofMinutes(1))) {
      log.start(away);
      log.record(event("key:1", "a"));
    }
    assertThat(count("lost")).isEqualTo(1);
    assertThat(stored(ALL)).isEmpty();
  }

  @Test
  void whatCannotBeStoredIsTold() {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Database away = Database.open(database.endpoint(), dev.aidb.store.PoolSettings.defaults());
    away.close();
    try (AuditLog log =
        new AuditLog(
            UuidV7Source.system(),
            Clock.systemUTC(),
            metrics,
            new AuditLog.Settings(
                10, 10, Duration.ofMillis(200), Duration.ofMinutes(1), Duration.ofSeconds(1)),
            (component, failure) -> told.add(component))) {
      log.start(away);
      log.record(event("key:1", "a"));
    }
    assertThat(told).isNotEmpty().containsOnly("audit");
  }

  @Test
  void refusalsAreGathered() {
    try (AuditLog log = log(100, Duration.ofMillis(300))) {
      log.start(database);
      for (int i = 0; i < 1_000; i++) {
        log.refusals().note(new Refusal(Reason.UNKNOWN, Refusal.ANONYMOUS, "192.0.2.1", ""));
      }
      Eventually.within(Duration.ofSeconds(5), "they are stored", () -> !stored(ALL).isEmpty());
    }
    assertThat(
            stored(ALL).stream()
                .mapToInt(event -> ((Number) event.details().getOrDefault("count", 0)).intValue())
                .sum())
        .isEqualTo(1_000);
    assertThat(stored(ALL)).hasSizeLessThan(4);
    assertThat(stored(ALL).getFirst().outcome()).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void aFloodFromManyPlacesMakesABoundedNumberOfRows() {
    RefusalTally tally = new RefusalTally(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    for (int i = 0; i < 10_000; i++) {
      tally.note(new Refusal(Reason.UNKNOWN, Refusal.ANONYMOUS, "192.0.2." + i, ""));
      tally.note(new Refusal(Reason.MISSING, Refusal.ANONYMOUS, "192.0.2." + i, ""));
    }
    List<AuditEvent> events = tally.take();
    assertThat(events).hasSize(2 * (RefusalTally.KINDS_MAX + 1));
    assertThat(events.stream().mapToLong(e -> (Long) e.details().getOrDefault("count", 0L)).sum())
        .isEqualTo(20_000);
    assertThat(tally.take()).isEmpty();
  }

  @Test
  void aFloodForOneReasonHidesNoOtherOne() {
    RefusalTally tally = new RefusalTally(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    for (int i = 0; i < 1_000; i++) {
      tally.note(new Refusal(Reason.RATE_LIMIT, "key:" + i, "192.0.2.1", "search"));
    }
    tally.note(new Refusal(Reason.REVOKED, "key:stolen", "192.0.2.2", "put_document"));
    assertThat(tally.take())
        .hasSize(RefusalTally.KINDS_MAX + 2)
        .extracting(AuditEvent::actor)
        .contains("key:stolen");
  }
}
