package dev.aidb.gc;

/** Is passed at the places of a run where a crash would leave something half done. */
@FunctionalInterface
interface Checkpoint {
  /** The places. */
  enum Place {
    BEGUN,
    READ,
    PLAN_WRITTEN,
    PLAN_STORED,
    STEP_WRITTEN,
    STEP_STORED,
    STEP_APPLIED,
    STEPS_OVER,
    FINISHED,
    PURGED
  }

  void pass(Place place);
}
