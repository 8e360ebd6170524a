package dev.aidb.invocation;

import dev.aidb.guard.Admission;
import dev.aidb.guard.AuditTrail;
import dev.aidb.metrics.QueryValidationMetrics;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.policy.ContentPolicy;
import dev.aidb.resilience.WorkLimit;
import java.time.Duration;
import java.util.Optional;

/** Makes invocations that share one set of limits. */
public final class Invocations {
  private final Admission admission;
  private final QueryValidationMetrics queries;
  private final AuditTrail audit;
  private final ContentPolicy policy;
  private final WorkLimit work;
  private final Duration usual;

  /**
   * @param usual how long a call may take whose operation says nothing of its own
   */
  public Invocations(
      Admission admission,
      QueryValidationMetrics queries,
      AuditTrail audit,
      ContentPolicy policy,
      WorkLimit work,
      Duration usual) {
    this.admission = admission;
    this.queries = queries;
    this.audit = audit;
    this.policy = policy;
    this.work = work;
    this.usual = usual;
  }

  /** What calls are charged by. */
  public Admission admission() {
    return admission;
  }

  /** The way of an operation's calls. */
  public <I extends Record, O> Invocation<I, O> of(
      Operation<I, O> operation, Handler.Unary<I, O> handler) {
    return new Invocation<>(
        operation,
        handler,
        admission,
        new QueryWatch<>(operation.input(), queries),
        new AuditWatch<>(operation, audit),
        policy.before(operation),
        work,
        patience(operation));
  }

  /** The same; empty for an operation that streams. */
  public <I extends Record, O> Optional<Invocation<I, O>> unary(Operation<I, O> operation) {
    return switch (operation.handler()) {
      case Handler.Unary<I, O> handler -> Optional.of(of(operation, handler));
      case Handler.Stream<I, O> stream -> Optional.empty();
    };
  }

  private Duration patience(Operation<?, ?> operation) {
    return operation.deadline().equals(Operation.USUAL_DEADLINE) ? usual : operation.deadline();
  }
}
