package dev.aidb.bench;

import dev.aidb.embedding.MiniLmModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Documents a second, beside what the bare model does with the same texts on all cores. A JVM
 * compiles what an import needs over its first thousands of documents, a small part of a whole one:
 * so many are imported first, and how they fared is told apart.
 */
final class ImportScenario implements Scenario {
  @Override
  public void run(Setup setup, Report report) throws Exception {
    int slice = setup.brief() ? 150 : 1_000;
    int cores = Runtime.getRuntime().availableProcessors();
    Corpus corpus = Corpus.read(setup);
    int first = setup.brief() ? 500 : 10_000;
    int stride = (corpus.lines().size() - first) / (setup.rounds() + 1);
    Path directory = setup.work().resolve("import");
    Setup.delete(directory);
    List<Double> ratios = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    List<Double> costs = new ArrayList<>();
    try (MiniLmModel model = MiniLmModel.bundled();
        Server server = Server.start(setup, directory);
        Importer importer = new Importer(server)) {
      double begin = System.nanoTime();
      importer.send(corpus.slice(0, first));
      report.figure(
          "the first %,d documents".formatted(first), first * 1e9 / (System.nanoTime() - begin), "/s");
      for (int round = 0; round <= setup.rounds(); round++) {
        Corpus part = corpus.slice(first + round * stride, first + round * stride + slice);
        List<String> texts = part.embeddedTexts();
        double ownBefore = Server.ownSeconds();
        double bare = bare(model, texts, cores);
        double bareCost = Server.ownSeconds() - ownBefore;
        double costBefore = server.processorSeconds();
        long start = System.nanoTime();
        importer.send(part);
        double whole = (System.nanoTime() - start) / 1e9;
        double cost = server.processorSeconds() - costBefore;
        if (round > 0) { // the first warms up
          ratios.add(bare / whole);
          costs.add(bareCost / cost);
          rates.add(part.lines().size() / whole);
          Report.note(
              "import %.0f/s, bare model %.0f/s, ratio %.3f; processor time %.1f s against %.1f s",
              part.lines().size() / whole,
              part.lines().size() / bare,
              bare / whole,
              cost,
              bareCost);
        }
      }
    }
    Setup.delete(directory);
    report.figure("documents imported a second, median", Timings.median(rates), "/s");
    report.figure("the bare model's processor time against the import's, median", Timings.median(costs), "");
    report.atLeast("import against the bare model, median", Timings.median(ratios), 0.85, "");
  }

  private static double bare(MiniLmModel model, List<String> texts, int threads) throws Exception {
    AtomicInteger next = new AtomicInteger();
    return Load.run(
            threads,
            thread -> () -> {
              int i = next.getAndIncrement();
              if (i < texts.size()) {
                model.embed(List.of(texts.get(i)));
              }
            },
            () -> next.get() < texts.size())
        .seconds();
  }
}
