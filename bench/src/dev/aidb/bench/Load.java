package dev.aidb.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Several threads that do one thing after another for a while. */
final class Load {
  private Load() {}

  /** One thing done; its time is taken. */
  interface Step extends AutoCloseable {
    void run() throws Exception;

    @Override
    default void close() throws Exception {}
  }

  /** Makes the step of one thread, with what that needs of its own. */
  interface Maker {
    Step make(int thread) throws Exception;
  }

  /**
   * @param timings of every step
   * @param seconds from the start to the end of the last
   */
  record Outcome(Timings timings, double seconds) {
    double perSecond() {
      return timings.count() / seconds;
    }
  }

  static Outcome run(int threads, Duration duration, Maker maker) throws Exception {
    long end = System.nanoTime() + duration.toNanos();
    return run(threads, maker, () -> System.nanoTime() < end);
  }

  static Outcome run(int threads, Maker maker, BooleanSupplier goOn) throws Exception {
    long start = System.nanoTime();
    Timings all = new Timings();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Timings>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        parts.add(pool.submit(() -> work(maker, thread, goOn)));
      }
      for (Future<Timings> part : parts) {
        all.addAll(part.get());
      }
    }
    return new Outcome(all, (System.nanoTime() - start) / 1e9);
  }

  private static Timings work(Maker maker, int thread, BooleanSupplier goOn) throws Exception {
    Timings timings = new Timings();
    try (Step step = maker.make(thread)) {
      while (goOn.getAsBoolean()) {
        long begin = System.nanoTime();
        step.run();
        timings.add(System.nanoTime() - begin);
      }
    }
    return timings;
  }
}
