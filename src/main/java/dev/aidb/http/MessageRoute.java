package dev.aidb.http;

import dev.aidb.core.AidbException;
import dev.aidb.guard.Admission;
import dev.aidb.guard.RequestHead;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import java.io.OutputStream;
import java.util.Map;

/**
 * A POST route beside the operations whose bodies are messages of a protocol of its own. The server
 * keeps for it what it keeps for operations: the door, the bounds of bodies and of waits, and the
 * log; costs are for the route to charge once it knows what a message asks for.
 */
public interface MessageRoute {
  /** Its address, without parameters. */
  String template();

  /** What a caller needs, whatever the message asks for. */
  Scope scope();

  /**
   * Answers a message.
   *
   * @throws AidbException for the server to tell as {@link #told} says
   */
  void serve(Message message);

  /** How a failure is told when there is no message to answer: JSON in UTF-8. */
  byte[] told(AidbException failure, String requestId);

  /** A message and the way to answer it; for the request's own thread. */
  interface Message {
    /** The request's head. */
    RequestHead head();

    /** The request's id, as in {@code X-Request-ID}. */
    String requestId();

    /** Who asks. */
    Caller caller();

    /**
     * The whole body, to be asked for once.
     *
     * @throws AidbException when it is too large, too slow or of another type than JSON
     */
    byte[] body();

    /**
     * Heeds what the limits say: their fields go on the answer.
     *
     * @throws AidbException when they refuse
     */
    void heed(Admission.Verdict verdict);

    /**
     * Refuses a caller whose scope is too small, as the server does for its own routes.
     *
     * @param needed the scope that is missing
     * @param target what was asked for
     * @return the failure to tell, with {@link #challenge} to go with it
     * @throws AidbException RATE_LIMITED when the price of a refusal is more than what is left
     */
    AidbException refuseScope(Scope needed, String target);

    /**
     * Notes a failure that the client is told of.
     *
     * @param target what was asked for
     */
    void note(AidbException failure, String target);

    /** Notes a failure that nobody expected; throws again what tells of a broken connection. */
    void unexpected(Throwable failure);

    /** Sends a whole answer of JSON; nothing follows it. */
    void answer(int status, byte[] json, Map<String, String> headers);

    /** Sends an answer without a body; nothing follows it. */
    void answer(int status);

    /**
     * Begins an answer of server-sent events, to be closed by {@link #endStream}.
     *
     * @return where they go; each write is bounded in time
     */
    OutputStream stream();

    /** Ends the answer that {@link #stream} began. */
    void endStream(OutputStream stream);
  }
}
