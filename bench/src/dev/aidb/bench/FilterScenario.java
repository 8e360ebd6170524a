package dev.aidb.bench;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** Searches with filters that keep few, some and many records, beside those without. */
final class FilterScenario implements Scenario {
  private static final double[] KEPT = {0.01, 0.10, 0.50};
  private static final int K = 10;

  @Override
  public void run(Setup setup, Report report) throws Exception {
    try (Served served = Served.open(setup)) {
      Matrix matrix;
      try (Connection database = served.server().database()) {
        matrix = Matrix.read(database);
      }
      List<Request> all = Questions.ofVectors(served.vectors(), "");
      List<List<Request>> filtered = new ArrayList<>();
      for (double kept : KEPT) {
        filtered.add(
            Questions.ofVectors(
                served.vectors(),
                ",\"filter\":{\"must\":[{\"key\":\"size\",\"range\":{\"lt\":%d}}]}"
                    .formatted(matrix.sizeAt(kept))));
      }
      served.warmUp(all);
      Timings without = new Timings();
      List<Timings> with = new ArrayList<>();
      for (List<Request> requests : filtered) {
        served.warmUp(requests);
        with.add(new Timings());
      }
      for (int round = 0; round < setup.rounds(); round++) {
        without.addAll(one(served, all, setup));
        for (int f = 0; f < KEPT.length; f++) {
          with.get(f).addAll(one(served, filtered.get(f), setup));
        }
      }
      report.figure("without a filter, p50", without.p50(), "ms");
      for (int f = 0; f < KEPT.length; f++) {
        String name = String.format(Locale.ROOT, "filter that keeps %.0f %%", KEPT[f] * 100);
        long bound = matrix.sizeAt(KEPT[f]);
        List<Set<UUID>> exact = matrix.nearest(served.vectors(), K, row -> row.size() < bound);
        report.figure(name + ", p50", with.get(f).p50(), "ms");
        report.atMost(name + ", p50 against none", with.get(f).p50() / without.p50(), 1.05, "");
        report.atLeast(
            name + ", recall@10",
            Questions.recall(served.port(), filtered.get(f), exact),
            0.99,
            "");
      }
    }
  }

  private static Timings one(Served served, List<Request> requests, Setup setup)
      throws Exception {
    return Load.run(
            1, setup.turn().dividedBy(3), thread -> new SearchStep(served.port(), requests, thread))
        .timings();
  }
}
