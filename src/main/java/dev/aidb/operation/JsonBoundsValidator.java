package dev.aidb.operation;

import dev.aidb.core.Text;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks {@link JsonBounds}. */
public final class JsonBoundsValidator implements ConstraintValidator<JsonBounds, Object> {
  private int maxBytes;
  private int maxDepth;

  @Override
  public void initialize(JsonBounds rule) {
    maxBytes = rule.maxBytes();
    maxDepth = rule.maxDepth();
  }

  @Override
  public boolean isValid(@Nullable Object value, ConstraintValidatorContext context) {
    if (value == null) {
      return true;
    }
    if (isTooDeep(value, maxDepth)) {
      return Broken.report(
          context, "max_depth", "must be nested at most " + Broken.count(maxDepth, "level"));
    }
    if (!isStorable(value)) {
      return Broken.report(
          context, "invalid_characters", "must not contain NUL or unpaired surrogates");
    }
    // These are short, and a text no longer than six bytes a character.
    boolean surelyFits =
        value instanceof Integer
            || value instanceof Long
            || value instanceof Double
            || value instanceof Boolean
            || (value instanceof String text && text.length() < maxBytes / 6 - 2);
    return surelyFits
        || Json.bytes(value).length <= maxBytes
        || Broken.report(
            context,
            "max_bytes",
            "must have at most " + Broken.count(maxBytes, "byte") + " as JSON");
  }

  private static boolean isTooDeep(@Nullable Object value, int left) {
    return switch (value) {
      case Map<?, ?> map ->
          left == 0 || map.values().stream().anyMatch(v -> isTooDeep(v, left - 1));
      case Collection<?> list -> left == 0 || list.stream().anyMatch(v -> isTooDeep(v, left - 1));
      case null, default -> false;
    };
  }

  private static boolean isStorable(@Nullable Object value) {
    return switch (value) {
      case String text -> Text.isStorable(text);
      case Map<?, ?> map ->
          map.entrySet().stream().allMatch(e -> isStorable(e.getKey()) && isStorable(e.getValue()));
      case Collection<?> list -> list.stream().allMatch(JsonBoundsValidator::isStorable);
      case null, default -> true;
    };
  }
}
