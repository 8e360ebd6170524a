package dev.aidb.learning;

import java.util.Locale;

/** How it went when a solution was tried. */
public enum Outcome {
  SUCCESS(1),
  PARTIAL(0.5),
  FAILURE(0),
  UNKNOWN(0);

  private final double worth;

  Outcome(double worth) {
    this.worth = worth;
  }

  /** What it counts in the mean of outcomes, 0..1. */
  double worth() {
    return worth;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Outcome of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
