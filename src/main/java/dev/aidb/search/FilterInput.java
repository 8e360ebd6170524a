package dev.aidb.search;

import dev.aidb.core.AidbException;
import dev.aidb.core.FieldError;
import dev.aidb.core.Text;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.RecordFilter.Bound;
import dev.aidb.index.RecordFilter.Clause;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Description;
import dev.aidb.operation.JsonBounds;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Description("Conditions on metadata, combined; at most 4 deep and 64 in all")
public record FilterInput(
    @Description("All of these must hold") @Size(max = 64) @Nullable List<Condition> must,
    @Description("At least one of these must hold") @Size(max = 64)
        @Nullable List<Condition> should,
    @Description("None of these may hold") @Size(max = 64) @Nullable List<Condition> mustNot) {
  private static final int MAX_DEPTH = 4;
  private static final int MAX_CONDITIONS = 64;
  private static final int MAX_VALUE = 1_000;

  @Description("A condition on one key (with match or range), or a combination of conditions")
  public record Condition(
      @Description(
              value = "The metadata's key; a path with dots reaches into objects",
              example = "section")
          @Characters(min = 1, max = 256)
          @Nullable String key,
      @Description("The value must be one of these") @Nullable Match match,
      @Description("The value must lie within these bounds") @Nullable Range range,
      @Description("All of these must hold") @Size(max = 64) @Nullable List<Condition> must,
      @Description("At least one of these must hold") @Size(max = 64)
          @Nullable List<Condition> should,
      @Description("None of these may hold") @Size(max = 64) @Nullable List<Condition> mustNot) {}

  @Description("One value, or any of several")
  public record Match(
      @Description("A text, number or boolean") @JsonBounds(maxBytes = 4_096, maxDepth = 1)
          @Nullable Object value,
      @Description("1..100 texts, numbers or booleans") @Size(min = 1, max = 100)
          @Nullable List<@JsonBounds(maxBytes = 4_096, maxDepth = 1) Object> any) {}

  @Description("Bounds, all numbers or all texts (times in RFC 3339, UTC, compare as texts)")
  public record Range(
      @Description("Greater than") @JsonBounds(maxBytes = 4_096, maxDepth = 1) @Nullable Object gt,
      @Description("Greater than or equal") @JsonBounds(maxBytes = 4_096, maxDepth = 1)
          @Nullable Object gte,
      @Description("Less than") @JsonBounds(maxBytes = 4_096, maxDepth = 1) @Nullable Object lt,
      @Description("Less than or equal") @JsonBounds(maxBytes = 4_096, maxDepth = 1)
          @Nullable Object lte) {}

  /** The index's form of the filter; 422 with every fault at once. */
  RecordFilter toRecordFilter(Optional<String> project) {
    Reading reading = new Reading();
    Clause clause = reading.combined("filter", must, should, mustNot, 1);
    if (reading.conditions > MAX_CONDITIONS) {
      reading.error(
          "filter", "max_items", "must have at most " + MAX_CONDITIONS + " conditions in all");
    }
    if (!reading.errors.isEmpty()) {
      throw AidbException.invalid(reading.errors);
    }
    return new RecordFilter(project, Optional.of(clause));
  }

  /** One reading of a filter: gathers faults and counts conditions. */
  private static final class Reading {
    private final List<FieldError> errors = new ArrayList<>();
    private int conditions;

    void error(String path, String code, String message) {
      errors.add(new FieldError(path, code, message));
    }

    Clause combined(
        String path,
        @Nullable List<Condition> must,
        @Nullable List<Condition> should,
        @Nullable List<Condition> mustNot,
        int depth) {
      return new RecordFilter.Combined(
          clauses(path + ".must", must, depth),
          clauses(path + ".should", should, depth),
          clauses(path + ".must_not", mustNot, depth));
    }

    private List<Clause> clauses(String path, @Nullable List<Condition> conditions, int depth) {
      List<Clause> clauses = new ArrayList<>();
      for (int i = 0; conditions != null && i < conditions.size(); i++) {
        clause(path + "[" + i + "]", conditions.get(i), depth).ifPresent(clauses::add);
      }
      return clauses;
    }

    private Optional<Clause> clause(String path, Condition c, int depth) {
      boolean nested = c.must() != null || c.should() != null || c.mustNot() != null;
      boolean simple = c.key() != null || c.match() != null || c.range() != null;
      if (nested && simple) {
        error(path, "filter", "must be either a condition on a key or a combination");
        return Optional.empty();
      }
      if (nested) {
        if (depth == MAX_DEPTH) {
          error(path, "max_depth", "must be at most " + MAX_DEPTH + " deep");
          return Optional.empty();
        }
        return Optional.of(combined(path, c.must(), c.should(), c.mustNot(), depth + 1));
      }
      conditions++;
      if (c.key() == null || (c.match() == null) == (c.range() == null)) {
        error(path, "filter", "must have a key and either match or range");
        return Optional.empty();
      }
      return c.match() != null ? match(path, c.key(), c.match()) : range(path, c.key(), c.range());
    }

    private Optional<Clause> match(String path, String key, Match match) {
      Object value = match.value();
      List<@JsonBounds(maxBytes = 4_096, maxDepth = 1) Object> any = match.any();
      if ((value == null) == (any == null)) {
        error(path + ".match", "filter", "must have either value or any");
        return Optional.empty();
      }
      List<Object> values = new ArrayList<>();
      for (Object each : any != null ? any : List.of(value)) {
        scalar(path + ".match", each).ifPresent(values::add);
      }
      return Optional.of(new RecordFilter.Match(key, values));
    }

    private Optional<Clause> range(String path, String key, @Nullable Range range) {
      if (range == null
          || (range.gt() != null && range.gte() != null)
          || (range.lt() != null && range.lte() != null)) {
        error(path + ".range", "filter", "must have at most one lower and one upper bound");
        return Optional.empty();
      }
      Object low = range.gt() != null ? range.gt() : range.gte();
      Object high = range.lt() != null ? range.lt() : range.lte();
      Optional<Object> lower = Optional.ofNullable(low).flatMap(v -> scalar(path + ".range", v));
      Optional<Object> upper = Optional.ofNullable(high).flatMap(v -> scalar(path + ".range", v));
      boolean numbers = all(Double.class, lower, upper);
      boolean texts = all(String.class, lower, upper);
      if (lower.isEmpty() && upper.isEmpty() || !numbers && !texts) {
        error(path + ".range", "filter", "must have bounds that are all numbers or all texts");
        return Optional.empty();
      }
      return Optional.of(
          numbers
              ? new RecordFilter.NumberRange(
                  key,
                  new Bound<>(lower.map(Double.class::cast), range.gt() == null),
                  new Bound<>(upper.map(Double.class::cast), range.lt() == null))
              : new RecordFilter.TextRange(
                  key,
                  new Bound<>(lower.map(String.class::cast), range.gt() == null),
                  new Bound<>(upper.map(String.class::cast), range.lt() == null)));
    }

    @SafeVarargs
    private static boolean all(Class<?> type, Optional<Object>... values) {
      for (Optional<Object> value : values) {
        if (value.isPresent() && !type.isInstance(value.get())) {
          return false;
        }
      }
      return true;
    }

    private Optional<Object> scalar(String path, @Nullable Object value) {
      return switch (value) {
        case Boolean b -> Optional.of(b);
        case Number n when Double.isFinite(n.doubleValue()) -> Optional.of(n.doubleValue());
        case String s when Text.characters(s) <= MAX_VALUE && Text.isStorable(s) -> Optional.of(s);
        case null, default -> {
          error(
              path,
              "type",
              "must be a text of at most " + MAX_VALUE + " characters, a number or a boolean");
          yield Optional.empty();
        }
      };
    }
  }
}
