package dev.aidb.operation;

import dev.aidb.core.FieldError;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Path;
import jakarta.validation.TraversableResolver;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;

/** Runs Jakarta Validation over one record, and says in the program's words what is broken. */
final class Constraints {
  private static final Validator VALIDATOR =
      Validation.byProvider(HibernateValidator.class)
          .configure()
          .ignoreXmlConfiguration()
          .failFast(false)
          .messageInterpolator(new Verbatim())
          .traversableResolver(new OneRecordOnly())
          .buildValidatorFactory()
          .getValidator();

  private Constraints() {}

  /** The broken rules of the record and its values; nested records are checked on their own. */
  static List<FieldError> check(String path, Object record) {
    return errors(path, VALIDATOR.validate(record));
  }

  /** The broken rules of one component whose record can't be made. */
  static List<FieldError> check(
      String path, RecordShape shape, RecordShape.Component component, Object value) {
    return errors(path, VALIDATOR.validateValue(shape.type(), component.javaName(), value));
  }

  private static <T> List<FieldError> errors(String path, Set<ConstraintViolation<T>> violations) {
    List<FieldError> errors = new ArrayList<>(violations.size());
    for (ConstraintViolation<?> violation : violations) {
      Broken broken = broken(violation);
      errors.add(
          new FieldError(path(path, violation.getPropertyPath()), broken.code(), broken.message()));
    }
    // The violations come in no order; the same input shall have the same answer.
    errors.sort(Comparator.comparing(FieldError::field).thenComparing(FieldError::code));
    return errors;
  }

  /** {@code items[3]} and {@code texts[2]} give {@code items[3].texts[2]}. */
  private static String path(String prefix, Path path) {
    StringBuilder text = new StringBuilder(prefix);
    for (Path.Node node : path) {
      String name = node.getName();
      Integer index = node.getIndex();
      if (index != null) {
        text.append('[').append(index.intValue()).append(']');
      } else if (name != null && !name.startsWith("<")) {
        text.append(text.isEmpty() ? "" : ".").append(Json.fieldName(name));
      }
    }
    return text.isEmpty() ? "(body)" : text.toString();
  }

  private static Broken broken(ConstraintViolation<?> violation) {
    String template = violation.getMessageTemplate();
    if (Broken.isIn(template)) {
      return Broken.in(template);
    }
    Object value = violation.getInvalidValue();
    Broken usual =
        usual(violation.getConstraintDescriptor().getAnnotation(), value, violation.getMessage());
    // A message written at the constraint says more than the usual one.
    return template.startsWith("{") ? usual : new Broken(usual.code(), violation.getMessage());
  }

  private static Broken usual(Annotation rule, Object value, String message) {
    return switch (rule) {
      case NotNull r -> new Broken("required", "is required");
      case Min min -> new Broken("min", "must be at least " + min.value());
      case Max max -> new Broken("max", "must be at most " + max.value());
      case DecimalMin min ->
          new Broken(
              "min", (min.inclusive() ? "must be at least " : "must be above ") + min.value());
      case DecimalMax max ->
          new Broken(
              "max", (max.inclusive() ? "must be at most " : "must be below ") + max.value());
      case Positive r -> new Broken("min", "must be above 0");
      case PositiveOrZero r -> new Broken("min", "must be at least 0");
      case Negative r -> new Broken("max", "must be below 0");
      case NegativeOrZero r -> new Broken("max", "must be at most 0");
      case Pattern pattern -> new Broken("pattern", "must match " + pattern.regexp());
      case NotBlank r -> new Broken("blank", "must not be blank");
      case NotEmpty r -> tooShort(1, value);
      case Size size -> size(size, value);
      case Null r -> new Broken("null", "must be absent");
      default ->
          new Broken(
              Json.fieldName(rule.annotationType().getSimpleName()),
              message.startsWith("{") ? "is not valid" : message);
    };
  }

  private static Broken size(Size rule, Object value) {
    long length =
        switch (value) {
          case float[] vector -> vector.length;
          case java.util.Collection<?> items -> items.size();
          case java.util.Map<?, ?> map -> map.size();
          default -> value.toString().length();
        };
    return length < rule.min()
        ? tooShort(rule.min(), value)
        : value instanceof CharSequence
            ? new Broken("max_length", "must have at most " + Broken.count(rule.max(), "character"))
            : tooMany(rule.max());
  }

  static Broken tooMany(int max) {
    return new Broken("max_items", "must have at most " + Broken.count(max, "item"));
  }

  private static Broken tooShort(int min, Object value) {
    return value instanceof CharSequence
        ? new Broken("min_length", "must have at least " + Broken.count(min, "character"))
        : new Broken("min_items", "must have at least " + Broken.count(min, "item"));
  }

  /** Leaves messages alone: no bundles, no languages, no expressions. */
  private static final class Verbatim implements MessageInterpolator {
    @Override
    public String interpolate(String template, Context context) {
      return template;
    }

    @Override
    public String interpolate(String template, Context context, Locale locale) {
      return template;
    }
  }

  /**
   * The binder validates every nested record where it knows its path; {@code @Valid} adds nothing.
   */
  private static final class OneRecordOnly implements TraversableResolver {
    @Override
    public boolean isReachable(
        Object bean, Path.Node property, Class<?> root, Path path, ElementType kind) {
      return true;
    }

    @Override
    public boolean isCascadable(
        Object bean, Path.Node property, Class<?> root, Path path, ElementType kind) {
      return false;
    }
  }
}
