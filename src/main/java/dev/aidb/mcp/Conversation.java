package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.guard.Admission;
import dev.aidb.guard.Challenge;
import dev.aidb.guard.RequestHead;
import dev.aidb.http.MessageRoute.Message;
import dev.aidb.invocation.Invocation;
import dev.aidb.operation.Json;
import dev.aidb.operation.Scope;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request's way to its client. The answer is one JSON object until something is told before it;
 * then it is a stream of events that the answer ends. For the request's own thread.
 */
final class Conversation {
  private static final Duration CHARGE_MAX = Duration.ofSeconds(5);

  private final Message message;
  private final Accepted accepted;
  private final Admission admission;
  private final Questions questions;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private @Nullable OutputStream stream;
  private @Nullable Deadline deadline;
  private String target = "";
  private boolean charged;

  Conversation(Message message, Accepted accepted, Admission admission, Questions questions) {
    this.message = message;
    this.accepted = accepted;
    this.admission = admission;
    this.questions = questions;
  }

  RequestHead head() {
    return message.head();
  }

  String requestId() {
    return message.requestId();
  }

  /** Until when the answer is wanted: what the first operation says that the request runs. */
  Deadline deadline(Invocation<?, ?> invocation) {
    Deadline known = deadline;
    if (known == null) {
      known = invocation.deadline();
      deadline = known;
    }
    return known;
  }

  /** Says which operation the request leads to. */
  void leadsTo(String operation) {
    target = operation;
  }

  /** Whether anything was charged for the request. */
  boolean charged() {
    return charged;
  }

  /**
   * Charges for the request.
   *
   * @throws AidbException RATE_LIMITED when that is more than what is left
   */
  void charge(int cost) {
    charge(
        ScopedValue.where(Deadline.CURRENT, Deadline.in(CHARGE_MAX))
            .call(() -> admission.admit(message.head(), message.caller(), cost)));
  }

  /**
   * Takes the verdict on a charge.
   *
   * @throws AidbException RATE_LIMITED when it refuses
   */
  void charge(Admission.Verdict verdict) {
    charged = true;
    message.heed(verdict);
  }

  /** Refuses for want of a scope; what it returns is to be thrown. */
  AidbException refuseScope(Scope needed) {
    charged = true; // a refusal has a price of its own
    headers.put(Challenge.HEADER, Challenge.insufficient(needed));
    return message.refuseScope(needed, target);
  }

  /** Notes a failure that the client is told of. */
  void note(AidbException failure) {
    message.note(failure, target);
  }

  /** Notes a failure that nobody expected; throws again what tells of a broken connection. */
  void unexpected(Throwable failure) {
    message.unexpected(failure);
  }

  /** Headers that go with an answer that isn't a stream. */
  Map<String, String> headers() {
    return headers;
  }

  /** Tells the client something before the answer, when it takes events. */
  void tell(String method, Map<String, Object> params) {
    if (accepted.events()) {
      event(Rpc.notification(method, params));
    }
  }

  /**
   * Asks the client something before the answer.
   *
   * @return the JSON of the result
   * @throws RpcError when the client can't be asked, refuses or takes too long
   */
  String ask(String method, Map<String, Object> params) {
    if (!accepted.events()) {
      throw RpcError.internal("The client takes no events, so that it can't be asked");
    }
    return questions.ask(
        message.caller().id(), id -> event(Rpc.request(id, method, params)), this::touch);
  }

  /** Sends the answer; nothing follows it. */
  void end(int status, Map<String, Object> answer) {
    boolean asEvent = stream != null || (status == 200 && !accepted.json());
    if (!asEvent) {
      message.answer(status, Json.bytes(answer), headers);
      return;
    }
    event(answer);
    Optional.ofNullable(stream).ifPresent(message::endStream);
  }

  private void event(Map<String, Object> json) {
    write("event: message\ndata: " + Json.text(json) + "\n\n");
  }

  /** A comment that clients pass over; writing it fails when the client is gone. */
  private void touch() {
    write(":\n\n");
  }

  private void write(String events) {
    OutputStream out = stream;
    if (out == null) {
      out = message.stream();
      stream = out;
    }
    try {
      out.write(events.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the stream itself tells of broken connections
    }
  }
}
