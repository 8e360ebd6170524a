package dev.aidb.operation;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record class as seen from JSON; computed once per class. */
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  /**
   * One component.
   *
   * @param index its place among the record's components
   * @param javaName its name in the source
   * @param name its name on the wire
   * @param typed its shape with the annotations on it
   * @param primitive whether it can't hold null
   * @param defaultText what {@link Default} says, or null
   */
  record Component(
      int index,
      String javaName,
      String name,
      Shape.Typed typed,
      boolean primitive,
      @Nullable String defaultText) {

    /** Whether a client must send it. */
    boolean required() {
      return defaultText == null && (primitive || declaredNonNull());
    }

    private boolean declaredNonNull() {
      return typed.rules().isAnnotationPresent(NotNull.class)
          || typed.rules().isAnnotationPresent(NotBlank.class)
          || typed.rules().isAnnotationPresent(NotEmpty.class);
    }
  }

  private final Class<?> type;
  private final List<Component> components;
  private final Map<String, Component> byName = new HashMap<>();
  private final MethodHandle constructor;

  private RecordShape(Class<?> type) {
    this.type = type;
    RecordComponent[] declared = type.getRecordComponents();
    if (declared == null) {
      throw new IllegalArgumentException(type.getName() + " is not a record");
    }
    List<Component> found = new ArrayList<>();
    for (RecordComponent component : declared) {
      Component one = component(found.size(), component);
      found.add(one);
      byName.put(one.name(), one);
    }
    this.components = List.copyOf(found);
    this.constructor = constructor(type, declared);
  }

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  private Component component(int index, RecordComponent component) {
    try {
      // Most constraints can't stand on a record component itself, but all reach its field.
      Field field = type.getDeclaredField(component.getName());
      Default fallback = field.getAnnotation(Default.class);
      return new Component(
          index,
          component.getName(),
          Json.fieldName(component.getName()),
          Shape.of(field.getAnnotatedType(), field),
          component.getType().isPrimitive(),
          fallback == null ? null : fallback.value());
    } catch (NoSuchFieldException e) {
      throw new LinkageError("a record has a field for each component", e);
    }
  }

  private static MethodHandle constructor(Class<?> type, RecordComponent[] declared) {
    Class<?>[] types =
        Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      canonical.setAccessible(true); // input records may well be package-private
      return MethodHandles.lookup()
          .unreflectConstructor(canonical)
          .asSpreader(Object[].class, types.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record has a canonical constructor", e);
    }
  }

  Class<?> type() {
    return type;
  }

  List<Component> components() {
    return components;
  }

  @Nullable Component component(String name) {
    return byName.get(name);
  }

  /** Calls the canonical constructor; what it throws comes out as it is. */
  Object create(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(type.getName() + " could not be made", e);
    }
  }
}
