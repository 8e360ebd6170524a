package dev.aidb.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Ever more clients, each with its next search as soon as it has an answer: what is served in a
 * second, how long that takes, what is refused. A client that is refused asks again at once, or
 * comes back when it was told to.
 */
final class OverloadScenario implements Scenario {
  private static final int[] CLIENTS = {1, 4, 16, 64, 200, 400};
  private static final int MANY = 200;
  private static final double KEPT = 0.8;
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final AtomicLong NUMBERS = new AtomicLong(2_000_000);

  @Override
  public void run(Setup setup, Report report) throws Exception {
    try (Served served = Served.open(setup)) {
      List<Request> vectors = Questions.ofVectors(served.vectors(), "");
      served.warmUp(vectors);
      List<String> texts = served.corpus().queries(40_000);
      AtomicInteger next = new AtomicInteger();
      IntFunction<Request> text =
          i -> Questions.ofText(texts.get(next.getAndIncrement() % texts.size()), "hybrid", 10);
      IntFunction<Request> vector = i -> vectors.get(i % vectors.size());
      measure("with an embedding", vector, false, served, setup, report);
      measure("with new text", text, false, served, setup, report);
      measure("with new text, refused ones wait as told", text, true, served, setup, report);
    }
  }

  private static void measure(
      String kind,
      IntFunction<Request> requests,
      boolean patient,
      Served served,
      Setup setup,
      Report report)
      throws Exception {
    double peak = 0;
    double kept = Double.MAX_VALUE;
    double longest = 0;
    long withoutTime = 0;
    for (int clients : CLIENTS) {
      Outcome outcome = new Outcome();
      Duration turn = setup.brief() ? setup.turn() : setup.turn().multipliedBy(3);
      double seconds =
          Load.run(clients, turn, thread -> new Client(served, requests, thread, patient, outcome))
              .seconds();
      double goodput = outcome.served.count() / seconds;
      peak = Math.max(peak, goodput);
      if (clients >= MANY) {
        kept = Math.min(kept, goodput);
      }
      longest = Math.max(longest, outcome.longest());
      withoutTime += outcome.withoutTime;
      String name = "search " + kind + ", " + clients + (clients == 1 ? " client" : " clients");
      report.figure(name + ", served", goodput, "/s");
      report.figure(name + ", p50", outcome.served.p50(), "ms");
      report.figure(name + ", p99", outcome.served.p99(), "ms");
      report.figure(name + ", longest", outcome.longest(), "ms");
      report.figure(name + ", refused of all", outcome.refusedShare(), "");
    }
    String name = "search " + kind;
    report.atLeast(name + ", served with 200 and 400 clients against the peak", kept / peak, KEPT, "");
    report.atMost(name + ", longest of all", longest, DEADLINE.toMillis(), "ms");
    report.atMost(name + ", refused without Retry-After", withoutTime, 0, "");
  }

  /** What became of the requests of all clients. */
  private static final class Outcome {
    private final Timings served = new Timings();
    private final Timings refused = new Timings();
    private long withoutTime;

    synchronized void add(Timings ok, Timings no, long without) {
      served.addAll(ok);
      refused.addAll(no);
      withoutTime += without;
    }

    double longest() {
      double ok = served.count() == 0 ? 0 : served.millis(1);
      return refused.count() == 0 ? ok : Math.max(ok, refused.millis(1));
    }

    double refusedShare() {
      return (double) refused.count() / (served.count() + refused.count());
    }
  }

  private static final class Client implements Load.Step {
    private final Wire wire;
    private final IntFunction<Request> requests;
    private final boolean patient;
    private final Outcome outcome;
    private final Timings served = new Timings();
    private final Timings refused = new Timings();
    private long withoutTime;
    private int next;

    Client(
        Served served,
        IntFunction<Request> requests,
        int thread,
        boolean patient,
        Outcome outcome)
        throws IOException {
      this.wire = new Wire(served.port());
      this.requests = requests;
      this.next = thread * 97;
      this.patient = patient;
      this.outcome = outcome;
    }

    @Override
    public void run() throws IOException, InterruptedException {
      Request request = requests.apply(next++);
      long start = System.nanoTime();
      int status = wire.send(request, NUMBERS.incrementAndGet());
      long took = System.nanoTime() - start;
      switch (status) {
        case 200 -> served.add(took);
        case 503 -> {
          refused.add(took);
          String wait = wire.header("Retry-After");
          if (wait.isEmpty()) {
            withoutTime++;
          } else if (patient) {
            Thread.sleep(Duration.ofSeconds(Long.parseLong(wait)));
          }
        }
        default -> throw new IOException("status " + status + ": " + wire.body());
      }
    }

    @Override
    public void close() throws IOException {
      outcome.add(served, refused, withoutTime);
      wire.close();
    }
  }
}
