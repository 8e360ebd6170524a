package dev.aidb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client's searches while documents are imported, beside the same in quiet. */
final class BusyScenario implements Scenario {
  private static final int SECONDS = 12;

  @Override
  public void run(Setup setup, Report report) throws Exception {
    try (Served served = Served.open(setup);
        Importer importer = new Importer(served.server());
        ExecutorService background = Executors.newSingleThreadExecutor()) {
      List<Request> vectors = Questions.ofVectors(served.vectors(), "");
      List<String> texts = served.corpus().queries(40_000);
      int[] nextText = {0};
      served.warmUp(vectors);
      Timings[] quiet = {new Timings(), new Timings()};
      Timings[] busy = {new Timings(), new Timings()};
      List<Double> rates = new ArrayList<>();
      Corpus more = served.corpus().renamed("again");
      int at = 0;
      for (int round = -1; round < Math.max(2, setup.rounds() / 2); round++) {
        Timings[] calm = searches(served, vectors, texts, nextText, setup);
        AtomicBoolean on = new AtomicBoolean(true);
        Corpus part = more.slice(at, at + 20_000);
        Future<Integer> sent = background.submit(() -> importer.send(part, on::get));
        Thread.sleep(1_000);
        long start = System.nanoTime();
        Timings[] disturbed = searches(served, vectors, texts, nextText, setup);
        on.set(false);
        int stored = sent.get();
        rates.add(stored / ((System.nanoTime() - start) / 1e9 + 1));
        at += stored;
        if (round >= 0) { // the first warms up
          for (int i = 0; i < 2; i++) {
            quiet[i].addAll(calm[i]);
            busy[i].addAll(disturbed[i]);
          }
          Report.note(
              "embedding: p99 %.1f ms quiet, %.1f ms importing; text: %.1f, %.1f",
              calm[0].p99(), disturbed[0].p99(), calm[1].p99(), disturbed[1].p99());
        }
      }
      String[] names = {"search with an embedding", "hybrid search with new text"};
      for (int i = 0; i < 2; i++) {
        report.figure(names[i] + ", quiet p50", quiet[i].p50(), "ms");
        report.figure(names[i] + ", quiet p99", quiet[i].p99(), "ms");
        report.figure(names[i] + ", importing p50", busy[i].p50(), "ms");
        report.figure(names[i] + ", importing p99", busy[i].p99(), "ms");
        report.atMost(
            names[i] + ", p99 importing against quiet", busy[i].p99() / quiet[i].p99(), 5, "");
      }
      report.figure("documents imported a second beside the searches", Timings.median(rates), "/s");
    }
  }

  private static Timings[] searches(
      Served served, List<Request> vectors, List<String> texts, int[] nextText, Setup setup)
      throws Exception {
    var turn = setup.brief() ? setup.turn() : java.time.Duration.ofSeconds(SECONDS / 2);
    Timings given =
        Load.run(1, turn, thread -> new SearchStep(served.port(), vectors, thread)).timings();
    Timings text =
        Load.run(
                1,
                turn,
                thread -> {
                  Wire wire = new Wire(served.port());
                  return new Load.Step() {
                    @Override
                    public void run() throws Exception {
                      String query = texts.get(nextText[0]++ % texts.size());
                      if (wire.send(Questions.ofText(query, "hybrid", 10)) != 200) {
                        throw new IllegalStateException(wire.body());
                      }
                    }

                    @Override
                    public void close() throws Exception {
                      wire.close();
                    }
                  };
                })
            .timings();
    return new Timings[] {given, text};
  }
}
