package dev.aidb.guard;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Operation;
import java.util.Map;
import java.util.Optional;

/**
 * The place for limits: asked for every call of an operation once its caller is known and before
 * its body is read. A call of a stream counts once.
 */
public interface Admission {
  /**
   * What becomes of a request.
   *
   * @param fields headers for its answer, whatever that will be
   * @param refusal why it isn't admitted: RATE_LIMITED or OVERLOADED, with a time to come back
   */
  record Verdict(Map<String, String> fields, Optional<AidbException> refusal) {
    private static final Verdict FREE = new Verdict(Map.of(), Optional.empty());

    public Verdict {
      fields = Map.copyOf(fields);
    }

    /** Admitted, and nothing to tell. */
    public static Verdict free() {
      return FREE;
    }
  }

  /**
   * Takes a cost from the caller's budget, or refuses.
   *
   * @param cost 0 or more
   */
  Verdict admit(RequestHead head, Caller caller, int cost);

  /** Takes the operation's cost. */
  default Verdict admit(RequestHead head, Caller caller, Operation<?, ?> operation) {
    return admit(head, caller, operation.cost());
  }

  /**
   * Takes the price of a request that is answered 401 or 403 from its address's budget. When that
   * is spent, the request is refused for this reason instead.
   */
  Verdict turnedAway(RequestHead head);

  /** Admits everything. */
  static Admission unlimited() {
    return new Admission() {
      @Override
      public Verdict admit(RequestHead head, Caller caller, int cost) {
        return Verdict.free();
      }

      @Override
      public Verdict turnedAway(RequestHead head) {
        return Verdict.free();
      }
    };
  }
}
