package dev.aidb.gc;

import dev.aidb.audit.AuditRow;
import dev.aidb.audit.AuditRows;
import dev.aidb.core.IdSource;
import dev.aidb.guard.AuditEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Stores audit events in the transaction of what they tell of. */
final class Trail {
  private final IdSource ids;

  Trail(IdSource ids) {
    this.ids = ids;
  }

  static AuditEvent done(
      Request request, String action, String target, Map<String, Object> details) {
    return new AuditEvent(
        request.actor(), action, target, AuditEvent.Outcome.DONE, request.requestId(), details);
  }

  void store(Handle handle, List<AuditEvent> events, Instant now) {
    if (!events.isEmpty()) {
      AuditRows.insert(
          handle, events.stream().map(event -> new AuditRow(ids.next(), now, event)).toList());
    }
  }

  /** Writes the events' lines; to be called when they are committed. */
  static void committed(List<AuditEvent> events) {
    events.forEach(AuditRows::log);
  }
}
