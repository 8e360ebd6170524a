package dev.aidb.operation;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds a text's length in characters (Unicode code points); codes `min_length`, `max_length`.
 * Also refuses what can't be stored: NUL and lone surrogates (`invalid_characters`).
 */
@Constraint(validatedBy = CharactersValidator.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.FIELD,
  ElementType.RECORD_COMPONENT,
  ElementType.TYPE_USE,
  ElementType.PARAMETER
})
public @interface Characters {
  int min() default 0;

  int max();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
