package dev.aidb.operation;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.aidb.operation.RecordShape.Component;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schemas (2020-12) of records. An input's schema accepts what {@link RecordBinder} accepts,
 * as far as a schema can say it: sizes in bytes, nesting and blank texts are in the descriptions'
 * hands. Deterministic: fields in the order of the record.
 */
public final class Schemas {

  /** Which way a record travels; an answer has no defaults and no bounds to keep. */
  enum Direction {
    INPUT,
    OUTPUT
  }

  private final Direction direction;
  private final BiFunction<Class<?>, Direction, String> reference;

  /**
   * @param reference the {@code $ref} for a record inside another; told of each one that is used
   */
  Schemas(Direction direction, BiFunction<Class<?>, Direction, String> reference) {
    this.direction = direction;
    this.reference = reference;
  }

  /** The schema of an input record, complete in itself. */
  public static Map<String, Object> input(Class<? extends Record> type) {
    return standalone(type, Direction.INPUT);
  }

  /** The schema of an output type, complete in itself. */
  public static Map<String, Object> output(Class<?> type) {
    return standalone(type, Direction.OUTPUT);
  }

  private static Map<String, Object> standalone(Class<?> type, Direction direction) {
    Map<Class<?>, String> names = new LinkedHashMap<>();
    List<Class<?>> todo = new ArrayList<>();
    Schemas schemas =
        new Schemas(
            direction,
            (nested, way) -> {
              String name = names.get(nested);
              if (name == null) {
                name = unique(nested.getSimpleName(), names);
                names.put(nested, name);
                todo.add(nested);
              }
              return "#/$defs/" + name;
            });
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.putAll(type.isRecord() ? schemas.record(type, Set.of()) : schemas.of(typed(type)));
    Map<String, Object> definitions = new LinkedHashMap<>();
    for (int i = 0; i < todo.size(); i++) { // grows while it is walked
      definitions.put(names.get(todo.get(i)), schemas.record(todo.get(i), Set.of()));
    }
    if (!definitions.isEmpty()) {
      root.put("$defs", definitions);
    }
    return root;
  }

  private static String unique(String name, Map<Class<?>, String> taken) {
    String candidate = name;
    for (int i = 2; taken.containsValue(candidate); i++) {
      candidate = name + i;
    }
    return candidate;
  }

  /** The object schema of a record, without the components that come from elsewhere. */
  Map<String, Object> record(Class<?> type, Set<String> without) {
    for (Component component : RecordShape.of(type).components()) {
      if (component.typed().rules().isAnnotationPresent(JsonValue.class)) {
        return component(component); // it is written as this value, without an object around it
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    Description description = type.getAnnotation(Description.class);
    if (description != null) {
      schema.put("description", description.value());
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (Component component : RecordShape.of(type).components()) {
      if (!without.contains(component.name())) {
        properties.put(component.name(), component(component));
        if (isRequired(component)) {
          required.add(component.name());
        }
      }
    }
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private boolean isRequired(Component component) {
    return direction == Direction.INPUT
        ? component.required()
        : !isNullable(component) && !(component.typed().shape() instanceof Shape.Maybe);
  }

  /** Whether the source says that the component may be null. */
  static boolean isNullable(Component component) {
    return component.typed().rules() instanceof Field field
        && field.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  /** The schema of one component with its description, default and example. */
  Map<String, Object> component(Component component) {
    Map<String, Object> schema = new LinkedHashMap<>();
    Description description = component.typed().rules().getAnnotation(Description.class);
    if (description != null) {
      schema.put("description", description.value());
    }
    schema.putAll(of(component.typed()));
    if (component.defaultText() != null && direction == Direction.INPUT) {
      schema.put("default", Binding.defaultOf(component));
    }
    if (description != null && !description.example().isEmpty()) {
      schema.put("examples", List.of(example(component.typed().shape(), description.example())));
    }
    return schema;
  }

  private static Object example(Shape shape, String text) {
    if (shape instanceof Shape.Maybe maybe) {
      return example(maybe.inner().shape(), text);
    }
    boolean plain =
        shape instanceof Shape.Text
            || shape instanceof Shape.Id
            || shape instanceof Shape.Moment
            || shape instanceof Shape.Span
            || shape instanceof Shape.Choice;
    Object value = plain ? text : Json.read(text);
    return value == null ? text : value;
  }

  static Shape.Typed typed(Class<?> type) {
    if (type == float[].class) {
      return new Shape.Typed(new Shape.Vector(), type);
    }
    if (type.isArray()) {
      return new Shape.Typed(new Shape.Items(typed(type.getComponentType()), false), type);
    }
    return new Shape.Typed(Shape.plain(type), type);
  }

  Map<String, Object> of(Shape.Typed typed) {
    Map<String, Object> schema = new LinkedHashMap<>();
    AnnotatedElement rules = typed.rules();
    switch (typed.shape()) {
      case Shape.Text text -> text(schema, rules);
      case Shape.Truth truth -> schema.put("type", "boolean");
      case Shape.Whole whole -> {
        schema.put("type", "integer");
        schema.put("format", whole.max() == Integer.MAX_VALUE ? "int32" : "int64");
        bounds(schema, rules);
      }
      case Shape.Real real -> {
        schema.put("type", "number");
        bounds(schema, rules);
      }
      case Shape.Id id -> string(schema, "uuid");
      case Shape.Moment moment -> string(schema, "date-time");
      case Shape.Span span -> string(schema, "duration");
      case Shape.Choice choice -> {
        schema.put("type", "string");
        schema.put("enum", List.copyOf(choice.byName().keySet()));
      }
      case Shape.Vector vector -> {
        schema.put("type", "array");
        schema.put("items", Map.of("type", "number"));
        size(schema, rules);
      }
      case Shape.Items items -> {
        schema.put("type", "array");
        schema.put("items", of(items.element()));
        size(schema, rules);
      }
      case Shape.Nested nested -> schema.put("$ref", reference.apply(nested.type(), direction));
      case Shape.FreeObject free -> schema.put("type", "object");
      case Shape.MapOf map -> {
        schema.put("type", "object");
        schema.put("additionalProperties", of(map.value()));
      }
      case Shape.Anything any -> {}
      case Shape.Maybe maybe -> schema.putAll(of(maybe.inner()));
      case Shape.Unsupported none ->
          throw new IllegalArgumentException(none.type() + " has no JSON form");
    }
    return schema;
  }

  private static void string(Map<String, Object> schema, String format) {
    schema.put("type", "string");
    schema.put("format", format);
  }

  private static void text(Map<String, Object> schema, AnnotatedElement rules) {
    schema.put("type", "string");
    with(
        rules,
        Characters.class,
        characters -> {
          if (characters.min() > 0) {
            schema.put("minLength", characters.min());
          }
          schema.put("maxLength", characters.max());
        });
    // Jakarta's pattern must match the whole text, a schema's anywhere in it.
    with(rules, Pattern.class, pattern -> schema.put("pattern", "^(?:" + pattern.regexp() + ")$"));
  }

  private static void bounds(Map<String, Object> schema, AnnotatedElement rules) {
    with(rules, Min.class, min -> schema.put("minimum", min.value()));
    with(rules, Max.class, max -> schema.put("maximum", max.value()));
    with(
        rules,
        DecimalMin.class,
        min -> schema.put(min.inclusive() ? "minimum" : "exclusiveMinimum", number(min.value())));
    with(
        rules,
        DecimalMax.class,
        max -> schema.put(max.inclusive() ? "maximum" : "exclusiveMaximum", number(max.value())));
    with(rules, Positive.class, r -> schema.put("exclusiveMinimum", 0));
    with(rules, PositiveOrZero.class, r -> schema.put("minimum", 0));
    with(rules, Negative.class, r -> schema.put("exclusiveMaximum", 0));
    with(rules, NegativeOrZero.class, r -> schema.put("maximum", 0));
  }

  private static Number number(String text) {
    BigDecimal exact = new BigDecimal(text).stripTrailingZeros();
    return exact.scale() <= 0 ? (Number) exact.longValueExact() : (Number) exact.doubleValue();
  }

  private static void size(Map<String, Object> schema, AnnotatedElement rules) {
    with(rules, NotEmpty.class, r -> schema.put("minItems", 1));
    with(
        rules,
        Size.class,
        size -> {
          if (size.min() > 0) {
            schema.put("minItems", size.min());
          }
          if (size.max() < Integer.MAX_VALUE) {
            schema.put("maxItems", size.max());
          }
        });
  }

  private static <A extends Annotation> void with(
      AnnotatedElement rules, Class<A> type, Consumer<A> then) {
    A rule = rules.getAnnotation(type);
    if (rule != null) {
      then.accept(rule);
    }
  }
}
