package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class RateLimitFieldsTest {
  @Test
  void tellsThePolicyAndWhatRemains() {
    Decision decision =
        new Decision(
            new Standing(60, 59, 60_000_000, false), new Standing(1_000, 42, 1_000_001, false));
    assertThat(RateLimitFields.of(decision, Windows.usual()))
        .containsOnly(
            entry("RateLimit-Policy", "\"minute\";q=60;w=60, \"hour\";q=1000;w=3600"),
            entry("RateLimit", "\"minute\";r=59;t=60, \"hour\";r=42;t=2"));
  }

  @Test
  void leavesOutATimeWhereNothingIsTaken() {
    Decision decision =
        new Decision(new Standing(1, 1, 0, false), new Standing(1, 0, 3_000_000, true));
    assertThat(RateLimitFields.of(decision, Windows.usual()))
        .contains(entry("RateLimit", "\"minute\";r=1, \"hour\";r=0;t=3"));
  }
}
