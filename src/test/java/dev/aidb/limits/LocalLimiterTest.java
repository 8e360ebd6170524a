package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Allowance;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LocalLimiterTest {
  private static final Client SOMEBODY = Client.key("key:1");
  private static final Windows WINDOWS = new Windows(10_000, 60_000);

  private final FakeTime time = new FakeTime(-5_000_000_123L);

  /** One request of a client: after a pause, at a price. */
  record Request(long pause, int cost) {}

  @Provide
  static Arbitrary<List<Request>> exactly() {
    return requests(Arbitraries.longs().between(0, 12_000).map(micros -> micros * 1_000));
  }

  @Provide
  static Arbitrary<List<Request>> anyhow() {
    return requests(Arbitraries.longs().between(0, 12_000_000));
  }

  private static Arbitrary<List<Request>> requests(Arbitrary<Long> pauses) {
    Arbitrary<Long> often =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, Arbitraries.just(0L)), net.jqwik.api.Tuple.of(2, pauses));
    return Combinators.combine(often, Arbitraries.integers().between(1, 3))
        .as(Request::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(120);
  }

  @Property(tries = 500)
  void decidesAsCountingDoes(
      @ForAll("exactly") List<Request> requests,
      @ForAll @IntRange(min = 3, max = 9) int perMinute,
      @ForAll @IntRange(min = 3, max = 25) int perHour,
      @ForAll @LongRange(min = -10_000_000_000L, max = 10_000_000_000L) long startMicros) {
    FakeTime clock = new FakeTime(startMicros * 1_000);
    Allowance allowance = new Allowance(perMinute, perHour);
    LocalLimiter limiter = new LocalLimiter(100, WINDOWS, clock);
    Oracle oracle = new Oracle(WINDOWS, allowance);
    for (Request request : requests) {
      clock.advanceNanos(request.pause());
      boolean fits = oracle.fits(clock.getAsLong(), request.cost(), 0);

      Decision decision = limiter.take(SOMEBODY, allowance, request.cost());

      assertThat(decision.admitted()).isEqualTo(fits);
      if (fits) {
        oracle.admitted(clock.getAsLong(), request.cost());
      }
    }
  }

  @Property(tries = 500)
  void betweenMicrosecondsItIsNeverGenerousAndHardlyLate(
      @ForAll("anyhow") List<Request> requests,
      @ForAll @IntRange(min = 3, max = 9) int perMinute,
      @ForAll @IntRange(min = 3, max = 25) int perHour,
      @ForAll @LongRange(min = 0, max = 999) long start) {
    FakeTime clock = new FakeTime(start);
    Allowance allowance = new Allowance(perMinute, perHour);
    LocalLimiter limiter = new LocalLimiter(100, WINDOWS, clock);
    Oracle oracle = new Oracle(WINDOWS, allowance);
    for (Request request : requests) {
      clock.advanceNanos(request.pause());

      Decision decision = limiter.take(SOMEBODY, allowance, request.cost());

      if (decision.admitted()) {
        assertThat(oracle.fits(clock.getAsLong(), request.cost(), 0)).isTrue();
        oracle.admitted(clock.getAsLong(), request.cost());
      } else {
        assertThat(oracle.fits(clock.getAsLong(), request.cost(), Oracle.LATE_NANOS)).isFalse();
      }
    }
  }

  @Property(tries = 300)
  void theWaitItNamesIsTheShortestThatHelps(
      @ForAll("exactly") List<Request> requests,
      @ForAll @IntRange(min = 3, max = 9) int perMinute,
      @ForAll @IntRange(min = 3, max = 25) int perHour) {
    FakeTime clock = new FakeTime(0);
    Allowance allowance = new Allowance(perMinute, perHour);
    LocalLimiter limiter = new LocalLimiter(100, WINDOWS, clock);
    for (Request request : requests) {
      clock.advanceNanos(request.pause());
      Decision refused = limiter.take(SOMEBODY, allowance, request.cost());
      if (!refused.admitted()) {
        clock.advanceMicros(refused.in(refused.binding()).moreIn() - 1);
        assertThat(limiter.take(SOMEBODY, allowance, request.cost()).admitted()).isFalse();
        clock.advanceMicros(1);
        assertThat(limiter.take(SOMEBODY, allowance, request.cost()).admitted()).isTrue();
      }
    }
  }

  @Property(tries = 300)
  void whatRemainsIsWhatIsAdmitted(
      @ForAll("exactly") List<Request> requests,
      @ForAll @IntRange(min = 3, max = 9) int perMinute,
      @ForAll @IntRange(min = 3, max = 25) int perHour) {
    FakeTime clock = new FakeTime(0);
    Allowance allowance = new Allowance(perMinute, perHour);
    LocalLimiter limiter = new LocalLimiter(100, WINDOWS, clock);
    int remaining = Math.min(perMinute, perHour);
    for (Request request : requests) {
      clock.advanceNanos(request.pause());
      Decision decision = limiter.take(SOMEBODY, allowance, request.cost());
      remaining = Math.min(decision.minute().remaining(), decision.hour().remaining());
    }
    for (int i = 0; i < remaining; i++) {
      assertThat(limiter.take(SOMEBODY, allowance, 1).admitted()).isTrue();
    }
    assertThat(limiter.take(SOMEBODY, allowance, 1).admitted()).isFalse();
  }

  @Test
  void whoKeepsThePaceIsNeverRefused() {
    LocalLimiter limiter = new LocalLimiter(1_000, Windows.usual(), time);
    Allowance allowance = new Allowance(60, 3_600);
    for (int i = 0; i < 20_000; i++) {
      assertThat(limiter.take(SOMEBODY, allowance, 1).admitted()).isTrue();
      time.advanceMicros(1_000_000);
    }
  }

  @Test
  void thereIsNoDoubleBurstAtAWindowsEdge() {
    LocalLimiter limiter = new LocalLimiter(100, Windows.usual(), time);
    Allowance allowance = new Allowance(60, 1_000);
    time.advanceMicros(59_000_000);
    assertThat(admitted(limiter, SOMEBODY, allowance, 100)).isEqualTo(60);
    time.advanceMicros(59_999_999);
    assertThat(admitted(limiter, SOMEBODY, allowance, 100)).isZero();
    time.advanceMicros(2);
    assertThat(admitted(limiter, SOMEBODY, allowance, 100)).isEqualTo(60);
  }

  @Test
  void whatOneWindowRefusesCostsNothingOfTheOther() {
    LocalLimiter limiter = new LocalLimiter(100, Windows.usual(), time);
    Allowance allowance = new Allowance(2, 5);
    admitted(limiter, SOMEBODY, allowance, 50);
    Decision refused = limiter.take(SOMEBODY, allowance, 1);
    assertThat(refused.binding()).isEqualTo(Window.MINUTE);
    assertThat(refused.hour().remaining()).isEqualTo(3);

    time.advanceMicros(61_000_000);
    admitted(limiter, SOMEBODY, allowance, 50);
    time.advanceMicros(61_000_000);
    admitted(limiter, SOMEBODY, allowance, 50);
    Decision full = limiter.take(SOMEBODY, allowance, 1);
    assertThat(full.binding()).isEqualTo(Window.HOUR);
    assertThat(full.minute().remaining()).isEqualTo(1);
  }

  @Test
  void aPriceBeyondTheAllowanceTakesAllOfIt() {
    LocalLimiter limiter = new LocalLimiter(100, Windows.usual(), time);
    Allowance allowance = new Allowance(5, 100);
    assertThat(limiter.take(SOMEBODY, allowance, 9).admitted()).isTrue();
    assertThat(limiter.take(SOMEBODY, allowance, 1).admitted()).isFalse();
  }

  @Test
  void anAllowanceMayShrinkMeanwhile() {
    LocalLimiter limiter = new LocalLimiter(100, Windows.usual(), time);
    admitted(limiter, SOMEBODY, new Allowance(50, 100), 40);
    Decision refused = limiter.take(SOMEBODY, new Allowance(10, 20), 1);
    assertThat(refused.admitted()).isFalse();
    assertThat(refused.minute().remaining()).isZero();
  }

  @Test
  void clientsDoNotShareABudget() {
    LocalLimiter limiter = new LocalLimiter(5_000, Windows.usual(), time);
    Allowance allowance = new Allowance(3, 10);
    for (int i = 0; i < 4_000; i++) {
      assertThat(admitted(limiter, Client.key("key:" + i), allowance, 5)).isEqualTo(3);
    }
    assertThat(limiter.clients()).isEqualTo(4_000);
  }

  @Test
  void idleClientsAreForgottenAndOthersNot() {
    LocalLimiter limiter = new LocalLimiter(5_000, Windows.usual(), time);
    Allowance allowance = new Allowance(60, 60);
    for (int i = 0; i < 1_000; i++) {
      admitted(limiter, Client.key("early:" + i), allowance, 60);
    }
    time.advanceMicros(3_000_000_000L);
    for (int i = 0; i < 1_000; i++) {
      admitted(limiter, Client.key("late:" + i), allowance, 50);
    }
    time.advanceMicros(599_999_999L);
    limiter.sweep();
    assertThat(limiter.clients()).isEqualTo(2_000);
    time.advanceMicros(2);
    limiter.sweep();
    assertThat(limiter.clients()).isEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(admitted(limiter, Client.key("late:" + i), allowance, 50)).isEqualTo(10);
    }
    time.advanceMicros(3_600_000_001L);
    limiter.sweep();
    assertThat(limiter.clients()).isZero();
    assertThat(limiter.places()).isZero();
  }

  @Test
  void whereNoRoomIsLeftNobodyIsForgotten() {
    LocalLimiter limiter = new LocalLimiter(80, Windows.usual(), time);
    Allowance allowance = new Allowance(2, 10);
    for (int i = 0; i < 70; i++) {
      assertThat(admitted(limiter, Client.address("" + i), allowance, 5)).isEqualTo(2);
    }
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() -> limiter.take(Client.address("70"), allowance, 1))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
        .satisfies(e -> assertThat(e.retryAfter()).isPresent());
    assertThat(limiter.take(Client.address("3"), allowance, 1).admitted()).isFalse();
    for (int i = 0; i < 10; i++) { // room that is kept for keys
      assertThat(limiter.take(Client.key("key:" + i), allowance, 1).admitted()).isTrue();
    }
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() -> limiter.take(Client.key("key:10"), allowance, 1));
    time.advanceMicros(3_600_000_001L);
    limiter.sweep();
    assertThat(limiter.take(Client.address("70"), allowance, 1).admitted()).isTrue();
  }

  @Test
  void theSumOfAllLogsIsBounded() {
    LocalLimiter limiter = new LocalLimiter(10, 320, Windows.usual(), time);
    Allowance allowance = new Allowance(1_000, 1_000);
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() -> admitted(limiter, SOMEBODY, allowance, 1_000));
    assertThat(limiter.places()).isLessThanOrEqualTo(320);
  }

  @Test
  void aFewClientsMayAllBeBusy() {
    LocalLimiter limiter = new LocalLimiter(1_000, Windows.usual(), time);
    Allowance allowance = new Allowance(1_000, 1_000);
    for (int i = 0; i < 800; i++) {
      assertThat(admitted(limiter, Client.address("" + i), allowance, 1_001)).isEqualTo(1_000);
    }
  }

  @Test
  void busyStrangersLeaveRoomForKeys() {
    LocalLimiter limiter = new LocalLimiter(80, 800, Windows.usual(), time);
    Allowance allowance = new Allowance(1_000, 1_000);
    Client stranger = Client.address("a");
    assertThatExceptionOfType(AidbException.class)
        .isThrownBy(() -> admitted(limiter, stranger, allowance, 1_000))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
    assertThat(limiter.places()).isLessThanOrEqualTo(700);
    assertThat(admitted(limiter, SOMEBODY, allowance, 80)).isEqualTo(80);
  }

  @Test
  void whatWasAdmittedElsewhereCounts() {
    LocalLimiter limiter = new LocalLimiter(10, Windows.usual(), time);
    limiter.note(SOMEBODY, 4);
    assertThat(admitted(limiter, SOMEBODY, new Allowance(5, 100), 9)).isEqualTo(1);
  }

  private static int admitted(LocalLimiter limiter, Client client, Allowance allowance, int asked) {
    int admitted = 0;
    for (int i = 0; i < asked; i++) {
      admitted += limiter.take(client, allowance, 1).admitted() ? 1 : 0;
    }
    return admitted;
  }
}
