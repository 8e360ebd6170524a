package dev.aidb.search;

import dev.aidb.index.RecordFilter.Bound;
import dev.aidb.index.RecordFilter.Clause;
import dev.aidb.index.RecordFilter.Combined;
import dev.aidb.index.RecordFilter.Match;
import dev.aidb.index.RecordFilter.NumberRange;
import dev.aidb.index.RecordFilter.TextRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A filter's conditions applied to metadata in memory, for searches that don't go through the
 * index.
 */
final class MetadataFilter {
  private MetadataFilter() {}

  static boolean test(Clause clause, Map<String, Object> metadata) {
    return switch (clause) {
      case Combined c ->
          c.must().stream().allMatch(each -> test(each, metadata))
              && c.mustNot().stream().noneMatch(each -> test(each, metadata))
              && (c.should().isEmpty()
                  || c.should().stream().anyMatch(each -> test(each, metadata)));
      case Match m -> any(metadata, m.key(), value -> m.values().contains(value));
      case NumberRange r ->
          any(metadata, r.key(), v -> v instanceof Double d && within(d, r.lower(), r.upper()));
      case TextRange r ->
          any(metadata, r.key(), v -> v instanceof String s && within(s, r.lower(), r.upper()));
    };
  }

  private static <T extends Comparable<T>> boolean within(T value, Bound<T> lower, Bound<T> upper) {
    return lower.value().map(low -> beyond(value.compareTo(low), lower)).orElse(true)
        && upper.value().map(high -> beyond(high.compareTo(value), upper)).orElse(true);
  }

  private static boolean beyond(int comparison, Bound<?> bound) {
    return comparison > 0 || bound.inclusive() && comparison == 0;
  }

  private static boolean any(
      Map<String, Object> metadata, String key, Predicate<Object> condition) {
    List<Object> values = new ArrayList<>();
    collect(metadata, "", key, values);
    return values.stream().anyMatch(condition);
  }

  /** Gathers every scalar whose dotted path is the key; numbers as doubles. */
  private static void collect(@Nullable Object value, String path, String key, List<Object> found) {
    switch (value) {
      case null -> {}
      case Map<?, ?> map ->
          map.forEach((name, each) ->
              collect(each, path.isEmpty() ? "" + name : path + "." + name, key, found));
      case List<?> list -> list.forEach(each -> collect(each, path, key, found));
      case Number number when path.equals(key) -> found.add(number.doubleValue());
      case Object scalar when path.equals(key) -> found.add(scalar);
      default -> {}
    }
  }
}
