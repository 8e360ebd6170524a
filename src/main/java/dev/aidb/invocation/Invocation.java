package dev.aidb.invocation;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Admission;
import dev.aidb.guard.RequestHead;
import dev.aidb.operation.Call;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Operation;
import dev.aidb.operation.RecordBinder;
import dev.aidb.operation.Reply;
import dev.aidb.policy.Screen;
import dev.aidb.resilience.WorkLimit;
import java.time.Duration;

/**
 * The way of a call of one operation that takes one record and answers one. An answer that comes
 * after the deadline is still given: it says what was done, and a refusal would deny it.
 */
public final class Invocation<I extends Record, O> {
  private final Operation<I, O> operation;
  private final Handler.Unary<I, O> handler;
  private final RecordBinder<I> binder;
  private final Admission admission;
  private final QueryWatch<I> watch;
  private final AuditWatch<I> audit;
  private final Screen<I> screen;
  private final WorkLimit work;
  private final Duration patience;

  Invocation(
      Operation<I, O> operation,
      Handler.Unary<I, O> handler,
      Admission admission,
      QueryWatch<I> watch,
      AuditWatch<I> audit,
      Screen<I> screen,
      WorkLimit work,
      Duration patience) {
    this.operation = operation;
    this.handler = handler;
    this.binder = RecordBinder.of(operation.input());
    this.admission = admission;
    this.watch = watch;
    this.audit = audit;
    this.screen = screen;
    this.work = work;
    this.patience = patience;
  }

  /** Where a call's input comes from. */
  @FunctionalInterface
  public interface Source<I extends Record> {
    /**
     * Makes the input.
     *
     * @throws AidbException when it isn't valid
     */
    I bind(RecordBinder<I> binder);
  }

  /** The operation that is called. */
  public Operation<I, O> operation() {
    return operation;
  }

  /** Until when the answer to a call that comes now is wanted. */
  public Deadline deadline() {
    return Deadline.in(patience);
  }

  /** Takes what the operation costs from the caller's budget. */
  public Admission.Verdict admit(RequestHead head, Caller caller, Deadline deadline) {
    return ScopedValue.where(Deadline.CURRENT, deadline)
        .call(() -> admission.admit(head, caller, operation.cost()));
  }

  /**
   * Runs a call that was admitted, when its turn comes.
   *
   * @throws AidbException what the client is to be told
   */
  public Reply<O> run(Source<I> source, Call call) {
    return ScopedValue.where(Deadline.CURRENT, call.deadline()).call(() -> inTurn(source, call));
  }

  /**
   * {@link #run} with a JSON object as the input.
   *
   * @throws AidbException what the client is to be told
   */
  public Reply<O> run(byte[] json, Call call) {
    return run(binding -> binding.bind(json), call);
  }

  /** What costs nothing, such as a look at the health, needs no turn. */
  private Reply<O> inTurn(Source<I> source, Call call) {
    if (operation.cost() == 0) {
      return watched(source, call);
    }
    try (WorkLimit.Place place = work.enter(call.deadline())) {
      return watched(source, call);
    }
  }

  private Reply<O> watched(Source<I> source, Call call) {
    try {
      Reply<O> reply = audited(input(source), call);
      watch.passed();
      return reply;
    } catch (AidbException e) {
      watch.failed(e);
      throw e;
    }
  }

  private Reply<O> audited(I input, Call call) {
    Reply<O> reply;
    try {
      reply = handler.handle(input, call);
      if (reply.body() == null) {
        throw new IllegalStateException(operation.name() + " answered without a body");
      }
    } catch (AidbException e) {
      audit.failed(input, call, e.code());
      throw e;
    } catch (RuntimeException | Error e) {
      audit.failed(input, call, ErrorCode.INTERNAL);
      throw e;
    }
    audit.done(input, call);
    return reply;
  }

  private I input(Source<I> source) {
    long start = System.nanoTime();
    try {
      I input = source.bind(binder);
      watch.bound(input);
      screen.check(input);
      return input;
    } finally {
      watch.timed(System.nanoTime() - start);
    }
  }
}
