package dev.aidb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From the start of the process to ready, on an empty data directory and on a used one. */
final class StartScenario implements Scenario {
  private static final int SETTLE_MS = 1_000;

  @Override
  public void run(Setup setup, Report report) throws Exception {
    Path base = Base.of(setup, Corpus.read(setup));
    List<Double> empty = new ArrayList<>();
    for (int i = 0; i < setup.rounds() / 2 + 1; i++) {
      Path directory = setup.work().resolve("start");
      Setup.delete(directory);
      empty.add(seconds(setup, directory));
    }
    Path used = setup.copy(base, "start");
    List<Double> warm = new ArrayList<>();
    seconds(setup, used); // so that files are in the page cache, and the copy has been opened once
    for (int i = 0; i < setup.rounds(); i++) {
      warm.add(seconds(setup, used));
    }
    Setup.delete(used);
    report.atMost("start to ready, empty data directory, median", Timings.median(empty), 8, "s");
    report.atMost(
        "start to ready, %,d documents, median".formatted(setup.documents()),
        Timings.median(warm),
        3,
        "s");
  }

  private static double seconds(Setup setup, Path directory) throws Exception {
    try (Server server = Server.start(setup, directory)) {
      double seconds = server.startTook().toNanos() / 1e9;
      Report.note("%.2f s", seconds);
      // It answers a moment before it is ready to be stopped in order.
      Thread.sleep(SETTLE_MS);
      return seconds;
    }
  }
}
