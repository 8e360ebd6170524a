package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailureLatchTest {
  private final FakeTime time = new FakeTime(0);
  private final FailureLatch latch = new FailureLatch(2, Duration.ofSeconds(1), time);

  @Test
  void closesTheWayAfterFailuresInARowAndLetsOneThroughAfterAPause() {
    latch.failed();
    assertThat(latch.permits()).isTrue();
    latch.succeeded();
    latch.failed();
    assertThat(latch.permits()).isTrue();
    latch.failed();
    assertThat(latch.permits()).isFalse();

    time.advanceMicros(1_000_000);
    assertThat(latch.permits()).isTrue();
    assertThat(latch.permits()).isFalse(); // only one is on trial
    latch.failed();
    assertThat(latch.permits()).isFalse();

    time.advanceMicros(1_000_000);
    assertThat(latch.permits()).isTrue();
    latch.succeeded();
    assertThat(latch.permits()).isTrue();
    assertThat(latch.permits()).isTrue();
  }
}
