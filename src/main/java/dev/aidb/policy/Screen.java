package dev.aidb.policy;

import dev.aidb.core.AidbException;
import dev.aidb.operation.Operation;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Optional;

/**
 * The content policy before one operation: looks at the input's text named {@code query}, and at
 * the one named {@code collection} for the mode. Does nothing for operations without a query.
 * Whatever binds inputs, be it for a route or a tool, asks it, so that no feature need know of it.
 */
public final class Screen<I extends Record> {
  private final Operation<I, ?> operation;
  private final ContentPolicy policy;
  private final Optional<Method> query;
  private final Optional<Method> collection;

  private Screen(Operation<I, ?> operation, ContentPolicy policy) {
    this.operation = operation;
    this.policy = policy;
    this.query = accessor(operation.input(), "query");
    this.collection = accessor(operation.input(), "collection");
  }

  static <I extends Record> Screen<I> of(Operation<I, ?> operation, ContentPolicy policy) {
    return new Screen<>(operation, policy);
  }

  /**
   * Judges an input.
   *
   * @throws AidbException CONTENT_POLICY when its query is refused
   */
  public void check(I input) {
    query
        .flatMap(accessor -> text(accessor, input))
        .ifPresent(text ->
            policy.judge(
                text,
                collection.flatMap(accessor -> text(accessor, input)),
                operation.name(),
                operation.scope()));
  }

  private static Optional<Method> accessor(Class<? extends Record> input, String name) {
    for (RecordComponent component : input.getRecordComponents()) {
      if (component.getName().equals(name) && component.getType() == String.class) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        return Optional.of(accessor);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> text(Method accessor, Record input) {
    try {
      return Optional.ofNullable((String) accessor.invoke(input));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e); // an accessor of a record doesn't fail
    }
  }
}
