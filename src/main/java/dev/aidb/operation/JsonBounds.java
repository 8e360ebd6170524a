package dev.aidb.operation;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds a free-form JSON object: its size written as JSON in UTF-8 (`max_bytes`) and its nesting,
 * the object itself being 1 (`max_depth`); its texts must be storable (`invalid_characters`).
 */
@Constraint(validatedBy = JsonBoundsValidator.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.FIELD,
  ElementType.RECORD_COMPONENT,
  ElementType.TYPE_USE,
  ElementType.PARAMETER
})
public @interface JsonBounds {
  int maxBytes();

  int maxDepth();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
