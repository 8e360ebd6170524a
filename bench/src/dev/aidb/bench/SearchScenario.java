package dev.aidb.bench;

import dev.aidb.index.ArmPage;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.lucene.LuceneIndex;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Searches with a given embedding: what is found, how fast, and beside the bare engine. */
final class SearchScenario implements Scenario {
  private static final int K = 10;
  private static final int CLIENTS = 8;

  @Override
  public void run(Setup setup, Report report) throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    Path files =
        setup.copy(Base.of(setup, Corpus.read(setup)).resolve("index"), "engine-index");
    try (Served served = Served.open(setup);
        LuceneIndex engine = LuceneIndex.open(files)) {
      List<Request> requests = Questions.ofVectors(served.vectors(), "");
      served.warmUp(requests);
      recall(served, requests, report);

      var unused = bare(engine, served.vectors(), cores, setup);
      Timings one = new Timings();
      Timings eight = new Timings();
      List<Double> ratios = new ArrayList<>();
      List<Double> rates = new ArrayList<>();
      List<Double> bares = new ArrayList<>();
      for (int round = 0; round < setup.rounds(); round++) {
        one.addAll(searches(served, requests, 1, setup).timings());
        double bare = bare(engine, served.vectors(), cores, setup);
        Load.Outcome clients = searches(served, requests, CLIENTS, setup);
        eight.addAll(clients.timings());
        rates.add(clients.perSecond());
        bares.add(bare);
        ratios.add(clients.perSecond() / bare);
        Report.note("8 clients %.0f/s, bare engine %.0f/s", clients.perSecond(), bare);
      }
      report.atMost("one client, p50", one.p50(), 1.5, "ms");
      report.figure("one client, p99", one.p99(), "ms");
      report.figure("8 clients, median of rounds", Timings.median(rates), "/s");
      report.figure("bare engine, a thread per core, median", Timings.median(bares), "/s");
      report.atLeast(
          "8 clients against the bare engine, median", Timings.median(ratios), 0.60, "");
      report.figure("8 clients, p50", eight.p50(), "ms");
      report.atMost("8 clients, p99", eight.p99(), 15, "ms");
    }
    Setup.delete(files);
  }

  private static void recall(Served served, List<Request> requests, Report report)
      throws Exception {
    try (Connection database = served.server().database()) {
      Matrix matrix = Matrix.read(database);
      List<Set<UUID>> exact = matrix.nearest(served.vectors(), K, row -> true);
      report.figure("records", matrix.count(), "");
      report.atLeast(
          "recall@10 against an exact scan",
          Questions.recall(served.port(), requests, exact),
          0.99,
          "");
    }
  }

  private static Load.Outcome searches(
      Served served, List<Request> requests, int clients, Setup setup) throws Exception {
    return Load.run(
        clients, setup.turn(), thread -> new SearchStep(served.port(), requests, thread));
  }

  private static double bare(
      LuceneIndex engine, List<float[]> vectors, int threads, Setup setup) throws Exception {
    return Load.run(
            threads,
            setup.turn(),
            thread -> {
              int[] next = {thread * 97};
              return () -> {
                ArmPage page =
                    engine.dense(
                        new DenseQuery(
                            "nixos_docs",
                            vectors.get(next[0]++ % vectors.size()),
                            RecordFilter.ALL,
                            0,
                            0,
                            K));
                if (page.hits().size() != K) {
                  throw new IllegalStateException("too few hits");
                }
              };
            })
        .perSecond();
  }
}
