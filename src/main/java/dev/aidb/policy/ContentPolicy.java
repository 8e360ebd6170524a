package dev.aidb.policy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Scope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides what becomes of queries that hold payloads of attacks. Thread-safe; its work is linear in
 * the query's length, which the operation's own bounds limit beforehand.
 */
public final class ContentPolicy {
  private static final Logger LOG = System.getLogger(ContentPolicy.class.getName());
  private static final String FIELD = "query";

  private final PolicySettings settings;
  private final ContentPolicyMetrics metrics;
  private final PayloadDetector detector = new PayloadDetector();

  public ContentPolicy(PolicySettings settings, ContentPolicyMetrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
  }

  /** The screen before an operation, to be asked for every input that was bound and validated. */
  public <I extends Record> Screen<I> before(Operation<I, ?> operation) {
    return Screen.of(operation, this);
  }

  /**
   * Judges a query.
   *
   * @param query a valid query
   * @param collection the collection that is asked, if it is one
   * @param operation the operation's name, for the log
   * @param scope what the operation needs
   * @throws AidbException CONTENT_POLICY when the query holds a payload and the mode is to block
   */
  void judge(String query, Optional<String> collection, String operation, Scope scope) {
    Set<AttackKind> kinds = detector.find(query);
    if (kinds.isEmpty()) {
      return;
    }
    metrics.detected(kinds);
    String names = kinds.stream().map(AttackKind::wireName).collect(Collectors.joining(", "));
    switch (settings.mode(collection, scope)) {
      case BLOCK -> {
        LOG.log(Level.INFO, "A query of {0} was refused: it holds {1}", operation, names);
        throw refusal(kinds);
      }
      case DETECT -> LOG.log(Level.INFO, "A query of {0} holds {1}", operation, names);
      case OFF -> {}
    }
  }

  private static AidbException refusal(Set<AttackKind> kinds) {
    List<FieldError> errors =
        kinds.stream()
            .map(kind ->
                new FieldError(
                    FIELD, ErrorCode.CONTENT_POLICY.wireName(), "contains " + malice(kind)))
            .toList();
    AttackKind first = kinds.iterator().next();
    return AidbException.ofFields(
        ErrorCode.CONTENT_POLICY,
        "Validation failed: " + FIELD + " contains " + malice(first),
        errors);
  }

  private static String malice(AttackKind kind) {
    return "potentially malicious content (" + kind.wireName() + ")";
  }
}
