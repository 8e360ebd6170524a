package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.guard.Admission;
import dev.aidb.http.MessageRoute;
import dev.aidb.http.RetryAfter;
import dev.aidb.operation.Json;
import dev.aidb.operation.Scope;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** One surface at one address, over Streamable HTTP without sessions. */
final class Wire implements MessageRoute {
  private static final int ACCEPTED = 202;
  private static final int OK = 200;
  private static final int SMALL_BYTES = 16 * 1024;
  private static final Duration CHARGE_MAX = Duration.ofSeconds(5);
  private static final int QUESTIONS_MAX = 1_000;
  private static final Duration QUESTION_MAX = Duration.ofMinutes(5);
  private static final Duration BEAT = Duration.ofSeconds(10);

  private final String template;
  private final Protocol protocol;
  private final Admission admission;
  private final Questions questions;

  Wire(String template, Protocol protocol, Admission admission) {
    this.template = template;
    this.protocol = protocol;
    this.admission = admission;
    this.questions = new Questions(QUESTIONS_MAX, QUESTION_MAX, BEAT);
  }

  @Override
  public String template() {
    return template;
  }

  /** Every key has it: what is needed beyond that depends on what is asked for. */
  @Override
  public Scope scope() {
    return Scope.READ;
  }

  @Override
  public byte[] told(AidbException failure, String requestId) {
    return Json.bytes(Rpc.error(Optional.empty(), RpcError.of(failure, requestId)));
  }

  @Override
  public void serve(Message message) {
    byte[] body = message.body();
    Envelope envelope;
    try {
      envelope = Envelope.read(body);
    } catch (Envelope.Refused e) {
      refuse(message, e.id(), e.why());
      return;
    } catch (AidbException e) {
      refuse(message, Optional.empty(), RpcError.of(e, message.requestId()));
      return;
    }
    switch (envelope) {
      case Envelope.Request request -> answer(message, request);
      case Envelope.Notification notification -> {
        charge(message, body.length > SMALL_BYTES ? Protocol.LEAST_COST : 0);
        message.answer(ACCEPTED);
      }
      case Envelope.Response response -> take(message, response);
    }
  }

  /** Turns down what isn't worth an answer; it has its price, for it was read. */
  private void refuse(Message message, Optional<Object> id, RpcError error) {
    charge(message, Protocol.LEAST_COST);
    message.answer(error.status(Revision.STATELESS), Json.bytes(Rpc.error(id, error)), Map.of());
  }

  private void charge(Message message, int cost) {
    message.heed(
        ScopedValue.where(Deadline.CURRENT, Deadline.in(CHARGE_MAX))
            .call(() -> admission.admit(message.head(), message.caller(), cost)));
  }

  private void take(Message message, Envelope.Response response) {
    if (questions.answered(message.caller().id(), response)) {
      message.answer(ACCEPTED);
      return;
    }
    refuse(
        message, Optional.of(response.id()), RpcError.invalidRequest("No such question is open"));
  }

  /** An answer and its HTTP status. */
  private record Answer(int status, Map<String, Object> json) {}

  private void answer(Message message, Envelope.Request request) {
    Accepted accepted;
    Revision revision;
    try {
      accepted = Accepted.of(message.head());
      revision = Meta.check(message.head(), request);
    } catch (RpcError e) {
      refuse(message, Optional.of(request.id()), e);
      return;
    }
    Conversation talk = new Conversation(message, accepted, admission, questions);
    Asked asked = new Asked(request.method(), request.params(), revision, message.caller(), talk);
    Answer answer = answer(asked, request.id());
    talk.end(answer.status(), answer.json());
  }

  private Answer answer(Asked asked, Object id) {
    try {
      return new Answer(OK, Rpc.result(id, protocol.answer(asked)));
    } catch (RpcError e) {
      return failed(asked, id, e);
    } catch (AidbException e) {
      asked.talk().note(e);
      RetryAfter.of(e).ifPresent(seconds -> asked.talk().headers().put(RetryAfter.HEADER, seconds));
      return failed(asked, id, RpcError.of(e, asked.talk().requestId()));
    } catch (RuntimeException | Error e) {
      asked.talk().unexpected(e);
      AidbException failure =
          new AidbException(ErrorCode.INTERNAL, "The server failed unexpectedly", e);
      return failed(asked, id, RpcError.of(failure, asked.talk().requestId()));
    }
  }

  private static Answer failed(Asked asked, Object id, RpcError error) {
    return new Answer(error.status(asked.revision()), Rpc.error(Optional.of(id), error));
  }
}
