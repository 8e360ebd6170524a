package dev.aidb.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Searches with text: the model's own time, and what comes on top. */
final class TextScenario implements Scenario {
  @Override
  public void run(Setup setup, Report report) throws Exception {
    int count = setup.brief() ? 300 : 2_000;
    int warm = count / 4;
    try (Served served = Served.open(setup);
        Wire wire = new Wire(served.port())) {
      List<Request> vectors = Questions.ofVectors(served.vectors(), "");
      served.warmUp(vectors);
      List<String> texts = served.corpus().queries(2 * (count + warm));
      Timings model = new Timings();
      Timings text = new Timings();
      Timings hybrid = new Timings();
      Timings remembered = new Timings();
      Timings same = new Timings();
      Timings given = new Timings();
      Random random = new Random(5);
      for (int i = 0; i < count + warm; i++) {
        if (i == warm) {
          model = new Timings();
          text = new Timings();
          hybrid = new Timings();
          remembered = new Timings();
          same = new Timings();
          given = new Timings();
        }
        // What comes after a run of the model finds the processor's caches full of its weights:
        // the order is drawn anew each time, so that none has always the same before it.
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        Collections.shuffle(order, random);
        String query = texts.get(i);
        for (int step : order) {
          switch (step) {
            case 0 -> {
              long start = System.nanoTime();
              var unused = served.model().embed(List.of(query));
              model.add(System.nanoTime() - start);
            }
            case 1 -> text.add(timed(wire, Questions.ofText(query, "vector", 10)));
            case 2 -> {
              // Of the text before, another page: only the embedding and the titles are remembered.
              Request again = Questions.ofText(texts.get(Math.max(0, i - 1)), "vector", 9);
              remembered.add(timed(wire, again));
              same.add(timed(wire, again));
            }
            case 3 -> {
              Request vector = vectors.get(i % vectors.size());
              long start = System.nanoTime();
              check(wire.send(vector, 500_000 + i), wire);
              given.add(System.nanoTime() - start);
            }
            default ->
                hybrid.add(
                    timed(wire, Questions.ofText(texts.get(count + warm + i), "hybrid", 10)));
          }
        }
      }
      report.figure("the bare model's time for a query, p50", model.p50(), "ms");
      report.figure("search with new text, mode vector, p50", text.p50(), "ms");
      report.atMost(
          "search with new text less the bare model's time, p50",
          text.p50() - model.p50(),
          1.5,
          "ms");
      report.figure("search with an embedding in the same run, p50", given.p50(), "ms");
      report.atMost(
          "search with a text whose embedding is cached, p50, against that",
          remembered.p50() / given.p50(),
          1.05,
          "");
      report.figure("the very same search again, p50", same.p50(), "ms");
      report.figure("search with new text, mode hybrid, p50", hybrid.p50(), "ms");
    }
  }

  private static long timed(Wire wire, Request request) throws IOException {
    long start = System.nanoTime();
    check(wire.send(request), wire);
    return System.nanoTime() - start;
  }

  private static void check(int status, Wire wire) throws IOException {
    if (status != 200) {
      throw new IOException("status " + status + ": " + wire.body());
    }
  }
}
