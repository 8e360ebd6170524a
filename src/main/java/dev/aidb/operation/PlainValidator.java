package dev.aidb.operation;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/** Checks {@link Plain}. */
public final class PlainValidator implements ConstraintValidator<Plain, CharSequence> {

  @Override
  public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
    if (text == null) {
      return true;
    }
    if (text.chars().anyMatch(PlainValidator::isForbidden)) {
      return Broken.report(
          context,
          "control_characters",
          "must not contain control characters other than tab, line feed and carriage return");
    }
    return text.codePoints().anyMatch(c -> !isBlank(c))
        || Broken.report(context, "blank", "must not be blank");
  }

  private static boolean isForbidden(int c) {
    return Character.getType(c) == Character.CONTROL && c != '\t' && c != '\n' && c != '\r';
  }

  private static boolean isBlank(int c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT; // zero-width spaces and joiners
  }
}
