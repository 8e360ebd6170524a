package dev.aidb.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.UuidV7Source;
import dev.aidb.store.Database;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final Prompt NOTHING = new Prompt("", 0, List.of(), List.of());

  private final Database database = PostgresForTests.freshDatabase();
  private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private final InstantSource instants = () -> now;
  private final Clock clock = instants.withZone(ZoneOffset.UTC);
  private final Rolling rolling = new Rolling(Samples.TOKENS);
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Sessions sessions =
      new Sessions(
          database,
          UuidV7Source.system(),
          clock,
          new ContextMetrics(registry),
          new SessionSettings(
              Duration.ofHours(1), 3, 5, Duration.ofMinutes(1), 2, Duration.ofSeconds(10)));

  @AfterEach
  void close() {
    sessions.close();
    database.close();
  }

  private Sessions.Work<UUID> turn(String query) {
    return (handle, session) ->
        new Sessions.Step<>(rolling.after(session.state(), query, NOTHING, now), session.id());
  }

  private void later(Duration by) {
    now = now.plus(by);
  }

  private UUID begun(String owner) {
    later(Duration.ofMillis(1));
    return sessions.begin(owner, turn("first"));
  }

  private void assertGone(UUID id, String owner) {
    assertThatThrownBy(() -> sessions.find(id, owner))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    assertThatThrownBy(() -> sessions.go(id, owner, turn("x"))).isInstanceOf(AidbException.class);
    assertThatThrownBy(() -> sessions.delete(id, owner)).isInstanceOf(AidbException.class);
  }

  private long rows() {
    return database.withHandle(handle ->
        handle.createQuery("SELECT count(*) FROM context_session").mapTo(long.class).one());
  }

  @Test
  void remembersATurnAfterTheOther() {
    UUID id = begun("a");
    sessions.go(id, "a", turn("second"));

    SessionState state = sessions.find(id, "a").state();
    assertThat(state.turns()).isEqualTo(2);
    assertThat(state.recent())
        .extracting(SessionState.Turn::query)
        .containsExactly("first", "second");
    sessions.delete(id, "a");
    assertGone(id, "a");
  }

  @Test
  void isThereForItsOwnerAlone() {
    UUID id = begun("a");

    assertGone(id, "b");
    assertGone(UUID.randomUUID(), "a");
    assertThat(sessions.find(id, "a").state().turns()).isEqualTo(1);
  }

  @Test
  void endsWhenItLiesIdleForTooLong() {
    UUID used = begun("a");
    UUID idle = begun("a");
    later(Duration.ofMinutes(59));
    sessions.go(used, "a", turn("second"));
    later(Duration.ofMinutes(2));

    assertGone(idle, "a");
    assertThat(sessions.endOf(sessions.find(used, "a")))
        .isEqualTo(now.plus(Duration.ofMinutes(58)));
    assertThat(rows()).isEqualTo(2);
    sessions.sweep();
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void aSweepDeletesBatchAfterBatch() {
    for (int i = 0; i < 5; i++) {
      begun("caller " + i);
    }
    later(Duration.ofHours(2));
    UUID fresh = begun("a");

    sessions.sweep();

    assertThat(rows()).isEqualTo(1);
    assertThat(sessions.find(fresh, "a").id()).isEqualTo(fresh);
  }

  @Test
  void aCallerHasOnlySoMany() {
    UUID oldest = begun("a");
    UUID second = begun("a");
    UUID other = begun("b");
    begun("a");
    later(Duration.ofMillis(1));
    sessions.go(oldest, "a", turn("used again"));
    begun("a");

    assertGone(second, "a");
    assertThat(sessions.find(oldest, "a").state().turns()).isEqualTo(2);
    assertThat(sessions.find(other, "b").state().turns()).isEqualTo(1);
  }

  @Test
  void allCallersHaveOnlySoMany() {
    UUID oldest = begun("caller");
    for (int i = 0; i < 7; i++) {
      begun("caller " + i);
    }

    sessions.sweep();

    assertThat(rows()).isEqualTo(5);
    assertGone(oldest, "caller");
  }

  @Test
  void turnsOfOneSessionWaitForEachOther() throws Exception {
    UUID id = begun("a");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 12; i++) {
        var unused = callers.submit(() -> sessions.go(id, "a", turn("again")));
      }
    }

    assertThat(sessions.find(id, "a").state().turns()).isEqualTo(13);
  }

  @Test
  void aStepThatFailsChangesNothing() {
    UUID id = begun("a");

    assertThatThrownBy(() ->
            sessions.go(
                id,
                "a",
                (handle, session) -> {
                  throw new IllegalStateException("meant");
                }))
        .hasMessageContaining("meant");
    assertThat(sessions.find(id, "a").state().turns()).isEqualTo(1);
  }
}
