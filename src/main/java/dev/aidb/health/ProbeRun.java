package dev.aidb.health;

import dev.aidb.core.AidbException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs one probe again and again. The first result decides at once; after that it takes several of
 * a kind in a row to change the finding.
 */
final class ProbeRun {
  private final Probe probe;
  private final HealthMetrics metrics;
  private volatile Finding finding;
  private int streak;
  private Optional<Thread> hanging = Optional.empty();

  ProbeRun(Probe probe, HealthMetrics metrics) {
    this.probe = probe;
    this.metrics = metrics;
    this.finding =
        new Finding(
            probe.name(), probe.critical(), Finding.Status.UNKNOWN, Optional.of("not checked yet"));
    metrics.dependency(probe.name(), finding);
  }

  Finding finding() {
    return finding;
  }

  /** Whether it has run at all. */
  boolean known() {
    return finding.status() != Finding.Status.UNKNOWN;
  }

  Duration interval() {
    return probe.interval();
  }

  /** Runs the check once and waits for it, at most as long as its timeout. */
  void once() throws InterruptedException {
    long start = System.nanoTime();
    Optional<String> failure = failure();
    metrics.probed(probe.name(), failure.isEmpty(), System.nanoTime() - start);
    note(failure);
    metrics.dependency(probe.name(), finding);
  }

  private Optional<String> failure() throws InterruptedException {
    if (hanging.isPresent() && hanging.get().isAlive()) {
      return Optional.of(
          "the last check still hangs"); // it doesn't heed its interrupt: one is enough
    }
    hanging = Optional.empty();
    FutureTask<Void> run = new FutureTask<>(probe.check());
    Thread thread = Thread.ofVirtual().name("probe-" + probe.name()).start(run);
    try {
      run.get(probe.timeout().toNanos(), TimeUnit.NANOSECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      thread.interrupt();
      hanging = Optional.of(thread);
      return Optional.of("no answer within " + probe.timeout().toMillis() + " ms");
    } catch (ExecutionException | CancellationException e) {
      return Optional.of(reason(e.getCause() == null ? e : e.getCause()));
    }
  }

  private static String reason(Throwable failure) {
    return failure instanceof AidbException known
        ? known.detail()
        : failure.getClass().getSimpleName();
  }

  private void note(Optional<String> failure) {
    Finding before = finding;
    boolean healthy = failure.isEmpty();
    if (before.status() == Finding.Status.UNKNOWN) {
      streak = 0;
      finding = found(healthy, failure);
      return;
    }
    if (before.healthy() == healthy) {
      streak = 0;
      if (!healthy) {
        finding = found(false, failure);
      }
      return;
    }
    streak++;
    if (streak >= (healthy ? probe.recoverAfter() : probe.failAfter())) {
      streak = 0;
      finding = found(healthy, failure);
    }
  }

  private Finding found(boolean healthy, Optional<String> failure) {
    return new Finding(
        probe.name(),
        probe.critical(),
        healthy ? Finding.Status.HEALTHY : Finding.Status.UNHEALTHY,
        failure);
  }
}
