package dev.aidb.invocation;

import dev.aidb.core.ErrorCode;
import dev.aidb.guard.AuditEvent;
import dev.aidb.guard.AuditEvent.Outcome;
import dev.aidb.guard.AuditTrail;
import dev.aidb.operation.Audit;
import dev.aidb.operation.Call;
import dev.aidb.operation.Operation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the audit trail of the calls of an operation that is declared to be audited; does nothing
 * for others. What never became a valid input did nothing and isn't told.
 */
final class AuditWatch<I extends Record> {
  private final Optional<Audit<I>> audit;
  private final AuditTrail trail;

  AuditWatch(Operation<I, ?> operation, AuditTrail trail) {
    this.audit = operation.audit();
    this.trail = trail;
  }

  /** The call did what it was asked; its answer follows. */
  void done(I input, Call call) {
    audit.ifPresent(entry ->
        trail.record(event(entry, input, call, Outcome.DONE, entry.details().apply(input))));
  }

  /** The call failed; it may have been done in part. */
  void failed(I input, Call call, ErrorCode code) {
    audit.ifPresent(entry -> {
      Map<String, Object> details = new LinkedHashMap<>(entry.details().apply(input));
      details.put("error", code.wireName());
      trail.record(event(entry, input, call, Outcome.FAILED, details));
    });
  }

  private AuditEvent event(
      Audit<I> entry, I input, Call call, Outcome outcome, Map<String, Object> details) {
    return new AuditEvent(
        call.caller().id(),
        entry.action(),
        entry.target().apply(input),
        outcome,
        call.requestId(),
        details);
  }
}
