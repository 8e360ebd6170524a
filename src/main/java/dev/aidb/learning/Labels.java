package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.FieldError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of a solution's metadata that are the server's, so that a search can show and filter
 * by them.
 */
final class Labels {
  /** True for a solution that gives orders to an agent; absent for others. */
  static final String SUSPICIOUS = "suspicious";

  /** What kind of orders. */
  static final String SUSPICIOUS_KIND = "suspicious_kind";

  /** Who learned it. */
  static final String LEARNED_BY = "learned_by";

  private static final List<String> RESERVED = List.of(SUSPICIOUS, SUSPICIOUS_KIND, LEARNED_BY);

  private Labels() {}

  /**
   * @throws AidbException VALIDATION_FAILED for metadata in which a client sets what is the
   *     server's
   */
  static void refuseReserved(Map<String, Object> metadata) {
    List<FieldError> errors =
        RESERVED.stream()
            .filter(metadata::containsKey)
            .map(key -> new FieldError("metadata." + key, "reserved", "is set by the server alone"))
            .toList();
    if (!errors.isEmpty()) {
      throw AidbException.invalid(errors);
    }
  }

  /** A client's metadata with the server's values. */
  static Map<String, Object> added(
      Map<String, Object> metadata, String learnedBy, Optional<String> suspicious) {
    Map<String, Object> all = new LinkedHashMap<>(metadata);
    all.put(LEARNED_BY, learnedBy);
    suspicious.ifPresent(kind -> {
      all.put(SUSPICIOUS, true);
      all.put(SUSPICIOUS_KIND, kind);
    });
    return all;
  }
}
