package dev.aidb.operation;

import dev.aidb.core.Text;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/** Checks {@link Characters}. */
public final class CharactersValidator implements ConstraintValidator<Characters, CharSequence> {
  private int min;
  private int max;

  @Override
  public void initialize(Characters rule) {
    min = rule.min();
    max = rule.max();
  }

  @Override
  public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
    if (text == null) {
      return true;
    }
    if (!Text.isStorable(text)) {
      return Broken.report(
          context, "invalid_characters", "must not contain NUL or unpaired surrogates");
    }
    int length = Text.characters(text);
    if (length < min) {
      return Broken.report(
          context, "min_length", "must have at least " + Broken.count(min, "character"));
    }
    if (length > max) {
      return Broken.report(
          context, "max_length", "must have at most " + Broken.count(max, "character"));
    }
    return true;
  }
}
