package dev.aidb.issues;

/** Where the program's own parts report errors. Thread-safe. */
@FunctionalInterface
public interface IssueRecorder {
  /**
   * Has the error recorded a little later. Returns at once and never throws; a report that finds no
   * room is dropped and counted.
   */
  void record(IssueReport report);

  /** Records nothing. */
  static IssueRecorder none() {
    return report -> {};
  }
}
