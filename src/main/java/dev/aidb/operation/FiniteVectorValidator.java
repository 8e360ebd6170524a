package dev.aidb.operation;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/** Checks {@link FiniteVector}. */
public final class FiniteVectorValidator implements ConstraintValidator<FiniteVector, float[]> {

  @Override
  public boolean isValid(float @Nullable [] vector, ConstraintValidatorContext context) {
    if (vector == null || vector.length == 0) { // how many there are is @Size's business
      return true;
    }
    boolean zero = true;
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        return Broken.report(context, "not_finite", "must have only finite numbers");
      }
      zero &= value == 0f;
    }
    return !zero || Broken.report(context, "all_zero", "must not be all zero");
  }
}
