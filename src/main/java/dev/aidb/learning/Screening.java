package dev.aidb.learning;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.FieldError;
import dev.aidb.documents.SecretScan;
import dev.aidb.policy.InstructionScan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks into what is to be learned before anything is done with it. */
final class Screening {
  private Screening() {}

  /**
   * The kind of orders to an agent that one of the texts gives; empty for none. They are data that
   * somebody may have good reason to store, so they are labelled and not refused.
   *
   * @param fields each text by the name of its field
   * @throws AidbException SECRET_DETECTED when one holds a secret, naming every such field
   */
  static Optional<String> of(Map<String, String> fields) {
    refuseSecrets(fields);
    return fields.values().stream()
        .map(InstructionScan::find)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Every key and every text of free values, each on a line of its own as in a text. */
  static String texts(Map<String, Object> values) {
    StringBuilder all = new StringBuilder();
    gather(values, all);
    return all.toString();
  }

  private static void gather(@Nullable Object value, StringBuilder all) {
    switch (value) {
      case String text -> all.append(text).append('\n');
      case Map<?, ?> map ->
          map.forEach((key, inner) -> {
            all.append(key).append('\n');
            gather(inner, all);
          });
      case Iterable<?> list -> list.forEach(inner -> gather(inner, all));
      case null, default -> {} // numbers and truth values say nothing
    }
  }

  private static void refuseSecrets(Map<String, String> fields) {
    Map<String, String> kinds = new LinkedHashMap<>();
    fields.forEach(
        (field, text) -> SecretScan.find(text).ifPresent(kind -> kinds.put(field, kind)));
    if (kinds.isEmpty()) {
      return;
    }
    List<FieldError> errors = new ArrayList<>();
    kinds.forEach((field, kind) ->
        errors.add(
            new FieldError(
                field, ErrorCode.SECRET_DETECTED.wireName(), "holds a secret (" + kind + ")")));
    FieldError first = errors.getFirst();
    throw AidbException.ofFields(
        ErrorCode.SECRET_DETECTED,
        "The " + first.field() + " " + first.message() + "; remove it and send it again",
        errors);
  }
}
