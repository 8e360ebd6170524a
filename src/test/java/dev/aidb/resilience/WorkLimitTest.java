package dev.aidb.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.resilience.WorkLimit.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkLimitTest {
  private static final Deadline FAR = Deadline.in(Duration.ofMinutes(5));

  private static WorkLimit limit(int places, Duration waitMax) {
    return new WorkLimit(new WorkLimit.Bounds(places, waitMax));
  }

  private static void assertRefused(WorkLimit limit, Deadline deadline, ErrorCode code) {
    assertThatThrownBy(() -> limit.enter(deadline))
        .isInstanceOfSatisfying(AidbException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void noMoreWorkAtOnceThanThereArePlaces() throws Exception {
    WorkLimit limit = limit(3, Duration.ofSeconds(50));
    AtomicInteger working = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        calls.add(
            threads.submit(() -> {
              try (Place place = limit.enter(FAR)) {
                most.accumulateAndGet(working.incrementAndGet(), Math::max);
                Thread.sleep(1);
                working.decrementAndGet();
              }
              return true;
            }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
    assertThat(most).hasValue(3);
    assertThat(limit.working()).isZero();
    assertThat(limit.waiting()).isZero();
    assertThat(limit.refused()).isZero();
  }

  @Test
  void whoseTurnDoesNotComeInTimeIsTurnedAway() {
    WorkLimit limit = limit(1, Duration.ofMillis(50));
    try (Place place = limit.enter(FAR)) {
      assertRefused(limit, FAR, ErrorCode.OVERLOADED);
      assertThat(limit.refused()).isEqualTo(1);
    }
    limit.enter(FAR).close();
  }

  @Test
  void aDeadlineThatPassesFirstIsToldAsSuch() {
    WorkLimit limit = limit(1, Duration.ofSeconds(50));
    try (Place place = limit.enter(FAR)) {
      assertRefused(limit, Deadline.in(Duration.ofMillis(50)), ErrorCode.DEADLINE_EXCEEDED);
    }
    assertRefused(limit, Deadline.in(Duration.ofSeconds(-1)), ErrorCode.DEADLINE_EXCEEDED);
  }

  @Test
  void whoWouldWaitTooLongIsTurnedAwayAtOnce() throws InterruptedException {
    WorkLimit limit = limit(1, Duration.ofSeconds(50));
    try (Place place = limit.enter(FAR)) {
      Thread.sleep(100); // now a call is known to take that long
    }
    try (Place place = limit.enter(FAR)) {
      // The place is never given back while it asks: with the line not even entered, it is the
      // estimate that turns it away.
      assertRefused(limit, Deadline.in(Duration.ofMillis(60)), ErrorCode.OVERLOADED);
    }
    assertThat(limit.refused()).isEqualTo(1);
  }

  @Test
  void aVeryLongCallTurnsNobodyAwayAfterwards() throws InterruptedException {
    WorkLimit limit = limit(1, Duration.ofMillis(100));
    try (Place place = limit.enter(FAR)) {
      Thread.sleep(1_000);
    }
    for (int i = 0; i < 100; i++) {
      limit.enter(FAR).close();
    }
    // Its share of the average is that of a call of 100 ms, and others have thinned it since.
    Thread holder =
        Thread.startVirtualThread(() -> {
          try (Place place = limit.enter(FAR)) {
            Thread.sleep(50);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    while (limit.working() == 0) {
      Thread.onSpinWait();
    }
    limit.enter(FAR).close();
    holder.join();
    assertThat(limit.refused()).isZero();
  }

  @Test
  void firstComeFirstServed() throws Exception {
    WorkLimit limit = limit(1, Duration.ofSeconds(50));
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    try (Place place = limit.enter(FAR)) {
      for (int i = 0; i < 20; i++) {
        int number = i;
        threads.add(
            Thread.startVirtualThread(() -> {
              try (Place mine = limit.enter(FAR)) {
                order.add(number);
              }
            }));
        while (limit.waiting() <= i) {
          Thread.sleep(1);
        }
        Thread.sleep(2); // from being counted to standing in line
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order).isSorted().hasSize(20);
  }

  @Test
  void anInterruptEndsTheWait() throws InterruptedException {
    WorkLimit limit = limit(1, Duration.ofSeconds(50));
    List<ErrorCode> told = Collections.synchronizedList(new ArrayList<>());
    try (Place place = limit.enter(FAR)) {
      Thread waiter =
          Thread.startVirtualThread(() -> {
            try (Place mine = limit.enter(FAR)) {
              told.add(ErrorCode.INTERNAL);
            } catch (AidbException e) {
              told.add(e.code());
            }
          });
      while (limit.waiting() == 0) {
        Thread.sleep(1);
      }
      waiter.interrupt();
      waiter.join();
    }
    assertThat(told).containsExactly(ErrorCode.UNAVAILABLE);
    assertThat(limit.working()).isZero();
  }
}
