package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.http.RetryAfter;
import dev.aidb.invocation.Invocation;
import dev.aidb.operation.Call;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs operations for requests of the protocol. */
final class Calls {
  private Calls() {}

  /**
   * Runs an operation as a tool: what its caller can mend, or wait for, is told in the result.
   *
   * @param shape makes the result of the answer
   * @throws AidbException FORBIDDEN when the caller's scope is too small, RATE_LIMITED
   */
  static <I extends Record, O> Outcome tool(
      Asked asked,
      Invocation<I, O> invocation,
      Invocation.Source<I> source,
      Function<O, Map<String, Object>> shape) {
    Call call = admitted(asked, invocation);
    Operation<I, O> operation = invocation.operation();
    try {
      return Outcome.of(shape.apply(invocation.run(source, call).body()));
    } catch (AidbException e) {
      if (e.code() == ErrorCode.RATE_LIMITED) {
        throw e;
      }
      asked.talk().note(e);
      return Outcome.of(mistake(advice(e, operation)));
    } catch (RuntimeException | Error e) {
      asked.talk().unexpected(e);
      return Outcome.of(
          mistake("The server failed unexpectedly (request " + call.requestId() + ")"));
    }
  }

  /**
   * Runs an operation for another request than a tool's, at its price.
   *
   * @throws AidbException what went wrong
   */
  static <I extends Record, O> O read(
      Asked asked, Invocation<I, O> invocation, Map<String, Object> input) {
    return bodyOf(invocation, input, admitted(asked, invocation));
  }

  /** The same at no price, for a request that was paid for. */
  static <I extends Record, O> O paid(
      Asked asked, Invocation<I, O> invocation, Map<String, Object> input) {
    mustHaveScope(asked, invocation.operation());
    return bodyOf(
        invocation,
        input,
        new Call(asked.talk().requestId(), asked.caller(), asked.talk().deadline(invocation)));
  }

  private static <I extends Record, O> O bodyOf(
      Invocation<I, O> invocation, Map<String, Object> input, Call call) {
    Reply<O> reply = invocation.run(binder -> binder.bind(input), call);
    return reply.body();
  }

  private static Call admitted(Asked asked, Invocation<?, ?> invocation) {
    mustHaveScope(asked, invocation.operation());
    Deadline deadline = asked.talk().deadline(invocation);
    asked.talk().charge(invocation.admit(asked.head(), asked.caller(), deadline));
    return new Call(asked.talk().requestId(), asked.caller(), deadline);
  }

  private static void mustHaveScope(Asked asked, Operation<?, ?> operation) {
    asked.talk().leadsTo(operation.name());
    if (!asked.caller().may(operation.scope())) {
      throw asked.talk().refuseScope(operation.scope());
    }
  }

  private static String advice(AidbException failure, Operation<?, ?> operation) {
    StringBuilder text = new StringBuilder(failure.detail());
    RetryAfter.of(failure)
        .ifPresent(seconds -> text.append(". Try again in ").append(seconds).append(" s"));
    if (failure.code() == ErrorCode.VALIDATION_FAILED) {
      text.append(". The fields of ").append(operation.name()).append(": ");
      text.append(String.join(", ", Capability.fields(operation)));
    }
    return text.toString();
  }

  /** A result of text alone. */
  static Map<String, Object> text(String text) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("content", List.of(block(text)));
    return result;
  }

  /** A result that says what went wrong. */
  static Map<String, Object> mistake(String text) {
    Map<String, Object> result = text(text);
    result.put("isError", true);
    return result;
  }

  private static Map<String, Object> block(String text) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("type", "text");
    block.put("text", text);
    return block;
  }
}
