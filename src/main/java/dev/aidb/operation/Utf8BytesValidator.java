package dev.aidb.operation;

import dev.aidb.core.Text;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/** Checks {@link Utf8Bytes}. */
public final class Utf8BytesValidator implements ConstraintValidator<Utf8Bytes, CharSequence> {
  private int max;

  @Override
  public void initialize(Utf8Bytes rule) {
    max = rule.max();
  }

  @Override
  public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
    return text == null
        || Text.utf8Bytes(text) <= max
        || Broken.report(
            context, "max_bytes", "must have at most " + Broken.count(max, "byte") + " in UTF-8");
  }
}
