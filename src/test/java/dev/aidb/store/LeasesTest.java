package dev.aidb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeasesTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final PoolSettings POOL =
      new PoolSettings(2, 18, Duration.ofSeconds(10), Duration.ofMinutes(30));

  private final DatabaseEndpoint endpoint = PostgresForTests.freshEndpoint();
  private final Database one = Database.open(endpoint, POOL);
  private final Database two = Database.open(endpoint, POOL);
  private final Leases leases = new Leases(one);
  private final Leases others = new Leases(two);

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private static Lease held(Leases leases, Duration ttl) {
    return leases.tryAcquire("work", ttl).orElseThrow();
  }

  private void expire() {
    two.useHandle(h -> h.execute("UPDATE lease SET expires_at = clock_timestamp()"));
  }

  private void verify(Lease lease) {
    one.useTransaction(lease::verify);
  }

  private void hasEnded(Lease lease) {
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() -> verify(lease))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(lease::renew)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
  }

  @Test
  void oneHoldsANameAndAnotherHoldsAnother() {
    Lease lease = held(leases, LONG);

    assertThat(others.tryAcquire("work", LONG)).isEmpty();
    assertThat(leases.tryAcquire("work", LONG)).as("not even the same again").isEmpty();
    assertThat(others.tryAcquire("other work", LONG)).isPresent();
    assertThat(lease.fence()).isEqualTo(1);
    assertThatCode(() -> verify(lease)).doesNotThrowAnyException();
  }

  @Test
  void oneThatIsGivenBackIsFreeAtOnceAndTheFenceGrows() {
    Lease first = held(leases, LONG);
    first.close();

    Lease second = held(others, LONG);
    first.close();

    assertThat(second.fence()).isGreaterThan(first.fence());
    hasEnded(first);
    assertThatCode(() -> verify(second)).doesNotThrowAnyException();
  }

  @Test
  void oneWhoseTimeIsOverGoesToAnotherSoon() {
    long start = System.nanoTime();
    Lease stale = held(leases, SHORT);

    AtomicInteger tries = new AtomicInteger();
    Eventually.within(
        SHORT.plusSeconds(1),
        "taken over",
        () -> tries.incrementAndGet() > 0 && others.tryAcquire("work", LONG).isPresent());

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThat(tries).hasValueGreaterThan(1);
    hasEnded(stale);
    assertThatCode(stale::close).doesNotThrowAnyException();
    assertThat(leases.tryAcquire("work", LONG)).as("the close took nothing away").isEmpty();
  }

  @Test
  void oneThatEndedDoesNotComeBackThoughNobodyTookIt() {
    Lease lease = held(leases, LONG);

    expire();

    hasEnded(lease);
  }

  @Test
  void aVerifiedTransactionKeepsOthersOutToItsEnd() {
    Lease lease = held(leases, LONG);
    try (Handle handle = one.jdbi().open()) {
      handle.begin();
      lease.verify(handle);
      expire();

      assertThat(others.tryAcquire("work", LONG)).isEmpty();

      handle.commit();
    }
    assertThat(others.tryAcquire("work", LONG)).isPresent();
  }

  @Test
  void aTransactionThatDiesLetsOthersIn() {
    Lease lease = held(leases, SHORT);

    assertThatThrownBy(() ->
            one.useTransaction(handle -> {
              lease.verify(handle);
              int backend = handle.createQuery("SELECT pg_backend_pid()").mapTo(int.class).one();
              two.useHandle(h -> h.execute("SELECT pg_terminate_backend(?)", backend));
              Eventually.within(
                  SHORT.plusSeconds(1),
                  "taken over",
                  () -> others.tryAcquire("work", LONG).isPresent());
            }))
        .isNotInstanceOf(AssertionError.class);
    hasEnded(lease);
  }

  @Test
  void renewalsAreNotHeldUpByTheHoldersOwnTransactions() {
    Lease lease = held(leases, LONG);
    try (Handle handle = one.jdbi().open()) {
      handle.begin();
      lease.verify(handle);

      ScopedValue.where(Deadline.CURRENT, Deadline.in(Duration.ofSeconds(5))).run(lease::renew);
      lease.verify(handle);

      handle.commit();
    }
    assertThatCode(() -> verify(lease)).doesNotThrowAnyException();
  }

  @Test
  void verifyingOutsideOfATransactionIsAFault() {
    Lease lease = held(leases, LONG);

    assertThatThrownBy(() -> one.useHandle(lease::verify))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void namesAndTimesHaveBounds() {
    for (String name : List.of("", "n".repeat(Leases.NAME_MAX + 1))) {
      assertThatThrownBy(() -> leases.tryAcquire(name, LONG))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (Duration ttl :
        List.of(Duration.ZERO, Leases.TTL_MIN.minusNanos(1), Leases.TTL_MAX.plusNanos(1))) {
      assertThatThrownBy(() -> leases.tryAcquire("work", ttl))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(leases.tryAcquire("n".repeat(Leases.NAME_MAX), Leases.TTL_MAX)).isPresent();
  }

  @Test
  void ofManyWhoAskAtOnceOneGetsIt() throws Exception {
    for (int round = 1; round <= 10; round++) {
      List<Lease> winners = inParallel(8, i -> (i % 2 == 0 ? leases : others));

      assertThat(winners).hasSize(1);
      assertThat(winners.getFirst().fence()).isEqualTo(round);
      winners.getFirst().close();
    }
  }

  private static List<Lease> inParallel(int count, java.util.function.IntFunction<Leases> asker)
      throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Lease>>> asked =
          IntStream.range(0, count)
              .mapToObj(i -> threads.submit(() -> asker.apply(i).tryAcquire("work", LONG)))
              .toList();
      Set<Lease> winners = ConcurrentHashMap.newKeySet();
      for (Future<Optional<Lease>> future : asked) {
        future.get().ifPresent(winners::add);
      }
      return List.copyOf(winners);
    }
  }

  /** Holders that sleep past their end go on in good faith; what they write must keep its order. */
  @Test
  void whatVerifiedTransactionsWriteComesInOrderOfTheFences() throws Exception {
    one.useHandle(h ->
        h.execute("CREATE TABLE written (n bigint GENERATED ALWAYS AS IDENTITY, fence bigint)"));
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    AtomicInteger refused = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        Database database = i % 2 == 0 ? one : two;
        SplittableRandom random = new SplittableRandom(seed + i);
        threads.submit(() -> workForAWhile(database, random, refused));
      }
    }

    List<Long> fences =
        one.withHandle(
            h -> h.createQuery("SELECT fence FROM written ORDER BY n").mapTo(Long.class).list());
    assertThat(fences).isSorted();
    assertThat(fences.getLast()).isGreaterThan(5);
    assertThat(refused).as("holders that were too late").hasPositiveValue();
  }

  private static void workForAWhile(
      Database database, SplittableRandom random, AtomicInteger refused) {
    long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
    Leases leases = new Leases(database);
    while (System.nanoTime() < end) {
      leases
          .tryAcquire("work", Leases.TTL_MIN)
          .ifPresentOrElse(
              lease -> writeUnder(lease, database, random, refused),
              () -> sleep(random.nextInt(1, 20)));
    }
  }

  private static void writeUnder(
      Lease lease, Database database, SplittableRandom random, AtomicInteger refused) {
    try (lease) {
      for (int i = 0; i < 3; i++) {
        sleep(random.nextInt(60));
        database.useTransaction(handle -> {
          lease.verify(handle);
          sleep(random.nextInt(80));
          handle.execute("INSERT INTO written (fence) VALUES (?)", lease.fence());
        });
      }
    } catch (AidbException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
      refused.incrementAndGet();
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRenewalKeepsItBeyondItsTime() {
    Lease lease = held(leases, SHORT);
    AtomicInteger ends = new AtomicInteger();
    try (LeaseRenewal renewal = lease.keepRenewed(LONG, ends::incrementAndGet)) {
      sleep((int) SHORT.multipliedBy(4).toMillis());

      assertThat(others.tryAcquire("work", LONG)).isEmpty();
      assertThat(renewal.ended()).isFalse();
      verify(lease);
    }
    Eventually.within(
        SHORT.plusSeconds(1),
        "taken over after the close",
        () -> others.tryAcquire("work", LONG).isPresent());
    assertThat(ends).as("not told after the close").hasValue(0);
  }

  @Test
  void aRenewalTellsOnceThatTheLeaseHasEnded() {
    Lease lease = held(leases, SHORT);
    AtomicInteger ends = new AtomicInteger();
    try (LeaseRenewal renewal = lease.keepRenewed(LONG, ends::incrementAndGet)) {
      expire();
      assertThat(others.tryAcquire("work", LONG)).isPresent();

      Eventually.within(Duration.ofSeconds(5), "told", () -> ends.get() > 0);

      assertThat(renewal.ended()).isTrue();
      sleep((int) SHORT.multipliedBy(2).toMillis());
      assertThat(ends).hasValue(1);
    }
  }

  @Test
  void aRenewalStopsAtItsLimit() {
    Lease lease = held(leases, SHORT);
    AtomicInteger ends = new AtomicInteger();
    try (LeaseRenewal renewal = lease.keepRenewed(SHORT, ends::incrementAndGet)) {
      Eventually.within(Duration.ofSeconds(5), "told", () -> ends.get() == 1);

      assertThat(renewal.ended()).isTrue();
      Eventually.within(
          SHORT.plusSeconds(1), "taken over", () -> others.tryAcquire("work", LONG).isPresent());
    }
  }

  @Test
  void aRenewalSurvivesCutConnections() {
    Lease lease = held(leases, Duration.ofSeconds(3));
    try (LeaseRenewal renewal = lease.keepRenewed(LONG, () -> {})) {
      two.useHandle(h ->
          h.execute(
              """
              SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
              """));
      sleep(4000);

      assertThat(renewal.ended()).isFalse();
      assertThat(others.tryAcquire("work", LONG)).isEmpty();
    }
  }

  @Test
  void aRenewalThatReachesNoDatabaseTellsWhenTheTimeIsOver() {
    Lease lease = held(leases, Duration.ofSeconds(1));
    AtomicInteger ends = new AtomicInteger();
    try (LeaseRenewal renewal = lease.keepRenewed(LONG, ends::incrementAndGet)) {
      one.close();

      Eventually.within(Duration.ofSeconds(3), "told", () -> ends.get() == 1);
      assertThat(renewal.ended()).isTrue();
    }
    assertThatCode(lease::close).doesNotThrowAnyException();
    assertThat(held(others, LONG).fence()).isEqualTo(2);
  }
}
