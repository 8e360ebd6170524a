package dev.aidb.gc;

/** Is told what a person should look at. Thread-safe; returns at once and doesn't throw. */
@FunctionalInterface
public interface Alarm {
  /**
   * @param problem what happened, for a person to read
   */
  void raise(String problem);
}
