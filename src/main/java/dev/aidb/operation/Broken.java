package dev.aidb.operation;

import jakarta.validation.ConstraintValidatorContext;

/** A broken rule on its way through Jakarta Validation, which has no place for a code. */
record Broken(String code, String message) {
  private static final String MARK = "aidb:";

  /** Reports the rule; returns false for the validator to return. */
  static boolean report(ConstraintValidatorContext context, String code, String message) {
    context.disableDefaultConstraintViolation();
    context
        .buildConstraintViolationWithTemplate(MARK + code + ":" + message)
        .addConstraintViolation();
    return false;
  }

  static boolean isIn(String template) {
    return template.startsWith(MARK);
  }

  static Broken in(String template) {
    int colon = template.indexOf(':', MARK.length());
    return new Broken(template.substring(MARK.length(), colon), template.substring(colon + 1));
  }

  /** {@code 1 character}, {@code 2 characters}. */
  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
