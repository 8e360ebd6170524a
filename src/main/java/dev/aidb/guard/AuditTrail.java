package dev.aidb.guard;

/** Where audit events go. Thread-safe. */
@FunctionalInterface
public interface AuditTrail {
  /**
   * Keeps an event. Returns when it is stored, or after a short while when that takes longer; then
   * it is stored later. Doesn't throw.
   */
  void record(AuditEvent event);

  /** Keeps nothing. */
  static AuditTrail none() {
    return event -> {};
  }
}
