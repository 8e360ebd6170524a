package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.operation.Allowance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many threads ask for one client at once. A log is only touched under its table's lock, so what
 * could go wrong is a lock that is missed, a table rebuilt under somebody's hands, or a moment read
 * outside of the lock; each shows in a few of many thousand rounds.
 */
class LimiterHammerTest {
  private static final int THREADS = 8;

  @Test
  void exactlyTheAllowanceIsAdmittedAtOneMoment() throws Exception {
    int rounds = 5_000;
    LocalLimiter limiter = new LocalLimiter(1_000_000, Windows.usual(), new FakeTime(0));
    Allowance allowance = new Allowance(10, 100);
    AtomicInteger[] admitted = new AtomicInteger[rounds];
    for (int i = 0; i < rounds; i++) {
      admitted[i] = new AtomicInteger();
    }
    CyclicBarrier start = new CyclicBarrier(THREADS);
    together(thread -> {
      start.await();
      for (int round = 0; round < rounds; round++) {
        Client client = Client.key("key:" + round);
        for (int i = 0; i < 3; i++) {
          if (limiter.take(client, allowance, 1).admitted()) {
            admitted[round].incrementAndGet();
          }
        }
      }
    });
    assertThat(admitted).allSatisfy(count -> assertThat(count.get()).isEqualTo(10));
    assertThat(limiter.clients()).isEqualTo(rounds);
  }

  private record Asked(long moment, boolean admitted) {}

  @Test
  void onARunningClockNoWindowHoldsMoreAndNobodyIsRefusedForNothing() throws Exception {
    Windows windows = new Windows(5_000, 40_000);
    Allowance allowance = new Allowance(20, 100);
    ThreadLocal<Long> read = new ThreadLocal<>();
    LocalLimiter limiter =
        new LocalLimiter(
            100_000,
            windows,
            () -> {
              long now = System.nanoTime();
              read.set(now);
              return now;
            });
    List<List<Asked>> asked = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      asked.add(new ArrayList<>());
    }
    long end = System.nanoTime() + 600_000_000L;
    together(thread -> {
      for (int i = 0; System.nanoTime() < end; i++) {
        boolean admitted = limiter.take(Client.key("key:one"), allowance, 1).admitted();
        asked.get(thread).add(new Asked(read.get(), admitted));
        if (thread == 0) { // others come and are forgotten meanwhile
          limiter.take(Client.address(Integer.toString(i)), allowance, 1);
          if (i % 50 == 0) {
            limiter.sweep();
          }
        }
        if (i % 16 == 0) {
          Thread.sleep(0, 200_000);
        }
      }
    });
    List<Asked> all =
        asked.stream().flatMap(List::stream).sorted(Comparator.comparing(Asked::moment)).toList();
    List<Long> admitted = all.stream().filter(Asked::admitted).map(Asked::moment).toList();
    assertNoWindowHoldsMore(admitted, windows.minute() * 1_000, allowance.perMinute());
    assertNoWindowHoldsMore(admitted, windows.hour() * 1_000, allowance.perHour());
    assertThat(admitted.size()).isGreaterThan(allowance.perHour());
    assertNobodyIsRefusedForNothing(all, windows, allowance);
  }

  private static void assertNoWindowHoldsMore(List<Long> admitted, long nanos, int limit) {
    for (int i = limit; i < admitted.size(); i++) {
      assertThat(admitted.get(i) - admitted.get(i - limit)).isGreaterThanOrEqualTo(nanos);
    }
  }

  private static void assertNobodyIsRefusedForNothing(
      List<Asked> all, Windows windows, Allowance allowance) {
    List<Long> admitted = new ArrayList<>();
    for (Asked asked : all) {
      if (asked.admitted()) {
        admitted.add(asked.moment());
      } else {
        assertThat(
                full(admitted, asked.moment(), windows.minute(), allowance.perMinute())
                    || full(admitted, asked.moment(), windows.hour(), allowance.perHour()))
            .isTrue();
      }
    }
  }

  /** Whether the one that must leave for another to come in is still there, or hardly left. */
  private static boolean full(List<Long> admitted, long moment, long micros, int limit) {
    return admitted.size() >= limit
        && moment - admitted.get(admitted.size() - limit) < micros * 1_000 + Oracle.LATE_NANOS;
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void together(Work work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        running.add(
            threads.submit(() -> {
              work.run(thread);
              return null;
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
  }
}
