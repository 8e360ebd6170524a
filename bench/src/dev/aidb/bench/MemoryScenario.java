package dev.aidb.bench;

import java.util.List;

/** What the processes take right after the whole import. */
final class MemoryScenario implements Scenario {
  @Override
  public void run(Setup setup, Report report) throws Exception {
    var unused = Base.of(setup, Corpus.read(setup));
    List<Double> memory = Base.memory(setup);
    report.atMost("JVM after import, PSS", memory.get(0), 700, "MB");
    report.atMost("PostgreSQL after import, PSS of all processes", memory.get(1), 150, "MB");
  }
}
