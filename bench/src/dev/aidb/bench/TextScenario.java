package dev.aidb.bench;

import java.io.IOException;
import java.util.List;

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
      List<String> texts = served.corpus().queries(2 * count + warm);
      Timings model = new Timings();
      Timings text = new Timings();
      Timings hybrid = new Timings();
      Timings remembered = new Timings();
      Timings same = new Timings();
      Timings given = new Timings();
      for (int i = 0; i < count + warm; i++) {
        String query = texts.get(i);
        if (i == warm) {
          model = new Timings();
          text = new Timings();
          hybrid = new Timings();
          remembered = new Timings();
          same = new Timings();
          given = new Timings();
        }
        long start = System.nanoTime();
        var unused = served.model().embed(List.of(query));
        model.add(System.nanoTime() - start);
        text.add(timed(wire, Questions.ofText(query, "vector", 10)));
        // Another page, so that only the embedding and the titles of its records are remembered.
        remembered.add(timed(wire, Questions.ofText(query, "vector", 9)));
        same.add(timed(wire, Questions.ofText(query, "vector", 9)));
        Request vector = vectors.get(i % vectors.size());
        start = System.nanoTime();
        check(wire.send(vector, 500_000 + i), wire);
        given.add(System.nanoTime() - start);
        if (i < count) {
          hybrid.add(timed(wire, Questions.ofText(texts.get(count + warm + i), "hybrid", 10)));
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
