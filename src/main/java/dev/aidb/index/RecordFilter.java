package dev.aidb.index;

import java.util.List;
import java.util.Optional;

/**
 * What a record must satisfy: a project, and conditions on metadata. A key is a path with dots
 * ({@code a.b}); where a list is met, any element may satisfy the condition. Numbers compare by
 * value (1 equals 1.0), texts by code unit, a condition on a key that isn't there is false. A
 * number never equals a text.
 *
 * @param project the exact project; empty for any
 * @param where the conditions; empty for none
 */
public record RecordFilter(Optional<String> project, Optional<Clause> where) {
  public static final RecordFilter ALL = new RecordFilter(Optional.empty(), Optional.empty());

  /** A condition, or a combination of conditions. */
  public sealed interface Clause {}

  /**
   * All of {@code must}, none of {@code mustNot}, and at least one of {@code should} unless that is
   * empty.
   */
  public record Combined(List<Clause> must, List<Clause> should, List<Clause> mustNot)
      implements Clause {
    public Combined {
      must = List.copyOf(must);
      should = List.copyOf(should);
      mustNot = List.copyOf(mustNot);
    }
  }

  /** The key has one of these values: each a {@link String}, {@link Double} or {@link Boolean}. */
  public record Match(String key, List<Object> values) implements Clause {
    public Match {
      values = List.copyOf(values);
    }
  }

  /** The key has a number within the bounds. */
  public record NumberRange(String key, Bound<Double> lower, Bound<Double> upper)
      implements Clause {}

  /** The key has a text within the bounds; RFC 3339 times in UTC order so. */
  public record TextRange(String key, Bound<String> lower, Bound<String> upper) implements Clause {}

  /** One end of a range; an empty value leaves it open. */
  public record Bound<T>(Optional<T> value, boolean inclusive) {}
}
