package dev.aidb.invocation;

import dev.aidb.core.AidbException;
import dev.aidb.core.Text;
import dev.aidb.metrics.QueryValidationMetrics;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts how the queries of one operation fare, when its input has a text named {@code query}; does
 * nothing for other operations. The judgement is the whole call's, since a collection that isn't
 * known is found by the handler.
 */
final class QueryWatch<I extends Record> {
  private final @Nullable Function<I, Object> query;
  private final QueryValidationMetrics metrics;

  QueryWatch(Class<I> input, QueryValidationMetrics metrics) {
    this.query = query(input);
    this.metrics = metrics;
  }

  /** Parsing and validating took that long. */
  void timed(long nanos) {
    if (query != null) {
      metrics.timed(nanos);
    }
  }

  /** The input was bound. */
  void bound(I input) {
    if (query != null && query.apply(input) instanceof String text) {
      metrics.sized(Text.utf8Bytes(text));
    }
  }

  /** The call was answered. */
  void passed() {
    if (query != null) {
      metrics.passed();
    }
  }

  /** The call failed. */
  void failed(AidbException failure) {
    if (query != null && QueryValidationMetrics.isValidation(failure.code())) {
      metrics.failed(failure);
    }
  }

  private static <I extends Record> @Nullable Function<I, Object> query(Class<I> input) {
    for (RecordComponent component : input.getRecordComponents()) {
      if (component.getName().equals("query") && component.getType() == String.class) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        return record -> read(accessor, record);
      }
    }
    return null;
  }

  private static Object read(Method accessor, Record record) {
    try {
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e); // an accessor of a record doesn't fail
    }
  }
}
