package dev.aidb.bench;

/** Something that is measured. */
interface Scenario {
  void run(Setup setup, Report report) throws Exception;
}
