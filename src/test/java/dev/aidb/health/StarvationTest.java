package dev.aidb.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class StarvationTest {
  private final Queue<Runnable> turns = new ArrayDeque<>();
  private final Starvation starvation = new Starvation(turns::add);

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      starvation.tick();
    }
  }

  @Test
  void aMinuteWithoutATurnIsStarvation() {
    tick(12);
    assertThat(starvation.found()).isFalse();
    tick(1);
    assertThat(starvation.found()).isTrue();
  }

  @Test
  void onlyOneTaskWaitsHoweverLongItTakes() {
    tick(100);
    assertThat(turns).hasSize(1);
  }

  @Test
  void aTurnEndsIt() {
    tick(20);
    turns.remove().run();
    tick(1);
    assertThat(starvation.found()).isFalse();
  }

  @Test
  void slownessIsNoStarvation() {
    for (int i = 0; i < 10; i++) {
      tick(10);
      turns.remove().run();
    }
    tick(1);
    assertThat(starvation.found()).isFalse();
  }

  @Test
  void virtualThreadsHaveTheirTurnHere() throws InterruptedException {
    Starvation real = new Starvation();
    real.tick();
    Thread.sleep(200);
    real.tick();
    assertThat(real.found()).isFalse();
  }
}
