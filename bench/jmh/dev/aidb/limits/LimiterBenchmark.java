package dev.aidb.limits;

import dev.aidb.operation.Allowance;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A check in process at a million known clients with ten requests each, for a client chosen at
 * random, the making of its name and the name's hash included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 4)
@Fork(
    value = 2,
    jvmArgs = {"-Xmx2g", "-XX:+UseG1GC"})
public class LimiterBenchmark {
  private static final int CLIENTS = 1_000_000;
  private static final int REQUESTS = 10;

  private final Allowance allowance = new Allowance(60, 1_000);
  private LocalLimiter limiter;

  /** A thread's own choice of clients. */
  @State(Scope.Thread)
  public static class Choice {
    private final SplittableRandom random = new SplittableRandom();
  }

  @Setup(Level.Trial)
  public void fill() {
    long before = used();
    limiter = new LocalLimiter(2 * CLIENTS);
    for (int request = 0; request < REQUESTS; request++) {
      for (int i = 0; i < CLIENTS; i++) {
        limiter.take(client(i), allowance, 1);
      }
    }
    long million = used();
    LocalLimiter full = new LocalLimiter(CLIENTS);
    for (int client = 0; client < 1_000; client++) {
      for (int request = 0; request < 1_000; request++) {
        full.take(client(client), new Allowance(1_000, 1_000), 1);
      }
    }
    System.out.printf(
        "%n%,d clients with %d requests each: %.1f MB of heap; a client with 1,000: %,d bytes%n",
        limiter.clients(), REQUESTS, (million - before) / 1e6, (used() - million) / full.clients());
  }

  /** Made anew, as a request's client is: its name is at hand, not somewhere in memory. */
  private static Client client(int number) {
    return Client.key("key:01hzzzzz-0000-7000-8000-" + number);
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Benchmark
  @Threads(1)
  public Decision oneThread(Choice choice) {
    return limiter.take(client(choice.random.nextInt(CLIENTS)), allowance, 1);
  }

  @Benchmark
  @Threads(2)
  public Decision twoThreads(Choice choice) {
    return limiter.take(client(choice.random.nextInt(CLIENTS)), allowance, 1);
  }
}
