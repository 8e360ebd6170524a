package dev.aidb.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.PostgresForTests;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangeLogTest {
  private final Database database = PostgresForTests.freshDatabase();
  private final ChangeLog log = new ChangeLog(database);

  @AfterEach
  void close() {
    database.close();
  }

  private static List<ChangeLog.Entry> entries(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(v -> new ChangeLog.Entry("docs", new UUID(0, v), v))
        .toList();
  }

  private void append(long from, long to) {
    database.useTransaction(handle -> log.append(handle, entries(from, to)));
  }

  private List<Long> versions(LogPosition after, int limit) {
    return logged(after, limit).stream().map(LogPage.Logged::version).toList();
  }

  private List<LogPage.Logged> logged(LogPosition after, int limit) {
    assertThat(log.read(after, limit)).isInstanceOf(LogPage.Entries.class);
    return ((LogPage.Entries) log.read(after, limit)).entries();
  }

  @Test
  void givesEntriesInOrderPageByPage() {
    append(1, 4);
    append(4, 6);

    List<LogPage.Logged> first = logged(LogPosition.START, 2);

    assertThat(first).extracting(LogPage.Logged::version).containsExactly(1L, 2L);
    assertThat(first.getFirst().recordId()).isEqualTo(new UUID(0, 1));
    assertThat(first.getFirst().collection()).isEqualTo("docs");
    assertThat(versions(first.getLast().position(), 100)).containsExactly(3L, 4L, 5L);
    assertThat(versions(log.head(), 100)).isEmpty();
  }

  @Test
  void anOpenTransactionHoldsBackEverythingFromItOn() {
    append(1, 2);
    try (Handle slow = database.jdbi().open()) {
      slow.begin();
      log.append(slow, entries(2, 3));
      append(3, 4);

      LogPosition reached = log.head();
      assertThat(versions(LogPosition.START, 100)).containsExactly(1L);

      slow.commit();
      assertThat(versions(reached, 100)).containsExactly(2L, 3L);
    }
  }

  @Test
  void aRolledBackTransactionLeavesNoEntry() {
    try (Handle handle = database.jdbi().open()) {
      handle.begin();
      log.append(handle, entries(1, 2));
      handle.rollback();
    }
    append(2, 3);

    assertThat(versions(LogPosition.START, 100)).containsExactly(2L);
  }

  @Test
  void appendsNothingForNothing() {
    database.useTransaction(handle -> log.append(handle, List.of()));

    assertThat(log.head()).isEqualTo(LogPosition.START);
  }

  @Test
  void countsWhatAFollowerIsBehind() {
    append(1, 11);

    assertThat(log.lag(LogPosition.START).entries()).isEqualTo(10);
    assertThat(log.lag(log.head())).isEqualTo(new ChangeLog.Lag(0, Duration.ZERO));
  }

  @Test
  void generationStaysAndDiffersBetweenDatabases() {
    assertThat(log.generation()).isEqualTo(log.generation()).hasSize(36);
  }

  @Test
  void trimKeepsWhatTheSlowestFollowerNeedsAndTellsWhoFellBelow() {
    append(1, 11);
    List<LogPage.Logged> all = logged(LogPosition.START, 100);
    log.follow(new UUID(1, 1), all.get(6).position());
    log.follow(new UUID(1, 2), all.get(3).position());

    long removed = log.trim(Duration.ofDays(7));

    assertThat(removed).isEqualTo(4);
    LogPosition floor = all.get(3).position();
    assertThat(versions(floor, 100)).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(log.read(LogPosition.START, 100)).isEqualTo(new LogPage.BelowFloor(floor));
    assertThat(log.trim(Duration.ofDays(7))).isZero();
  }

  @Test
  void trimForgetsFollowersThatWereLongSilent() {
    append(1, 11);
    List<LogPage.Logged> all = logged(LogPosition.START, 100);
    log.follow(new UUID(1, 1), all.get(0).position());
    log.follow(new UUID(1, 2), all.get(8).position());
    database.useHandle(h ->
        h.execute(
            "UPDATE index_follower SET seen_at = now() - interval '8 days' WHERE node = ?",
            new UUID(1, 1)));

    assertThat(log.trim(Duration.ofDays(7))).isEqualTo(9);
    assertThat(log.head()).isEqualTo(all.get(9).position());
  }

  @Test
  void trimWithoutFollowersRemovesWhatIsOld() {
    append(1, 4);
    database.useHandle(
        h -> h.execute("UPDATE change_log SET created_at = now() - interval '8 days'"));
    append(4, 6);

    assertThat(log.trim(Duration.ofDays(7))).isEqualTo(3);
    assertThat(versions(log.head(), 10)).isEmpty();
  }

  @Test
  void aFullyTrimmedLogKeepsItsHead() {
    append(1, 4);
    LogPosition head = log.head();
    log.follow(new UUID(1, 1), head);

    assertThat(log.trim(Duration.ofDays(7))).isEqualTo(3);
    assertThat(log.head()).isEqualTo(head);
    assertThat(versions(head, 10)).isEmpty();
  }

  @Test
  void aSignalWakesEveryListener() throws Exception {
    Wakes first = new Wakes();
    Wakes second = new Wakes();
    try (Notifier one = new Notifier(database.endpoint(), first);
        Notifier two = new Notifier(database.endpoint(), second)) {
      assertThat(one.awaitListening(Duration.ofSeconds(10))).isTrue();
      assertThat(two.awaitListening(Duration.ofSeconds(10))).isTrue();
      first.expect();
      second.expect();

      one.signal();

      assertThat(first.came()).isTrue();
      assertThat(second.came()).isTrue();
    }
  }

  @Test
  void theNotifierComesBackAfterItsSessionsWereEnded() throws Exception {
    Wakes wakes = new Wakes();
    try (Notifier notifier = new Notifier(database.endpoint(), wakes)) {
      assertThat(notifier.awaitListening(Duration.ofSeconds(10))).isTrue();
      wakes.expect();
      database.useHandle(h ->
          h.execute(
              """
              SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE application_name = 'aidb-notify' AND datname = current_database()
              """));
      assertThat(wakes.came()).as("woken for what it missed").isTrue();

      wakes.expect();
      notifier.signal();

      assertThat(wakes.came()).isTrue();
    }
  }

  /** Counts down when woken after {@link #expect}. */
  private static final class Wakes implements Runnable {
    private volatile CountDownLatch latch = new CountDownLatch(1);

    void expect() {
      latch = new CountDownLatch(1);
    }

    boolean came() throws InterruptedException {
      return latch.await(10, TimeUnit.SECONDS);
    }

    @Override
    public void run() {
      latch.countDown();
    }
  }
}
